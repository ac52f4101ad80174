import type { Rollcall, UserEffect } from "@rollcall/sync";
import type { BaseProcedures } from "./base-procedures.ts";
import { parseEffectsInput, parseRetryEffectInput, parseUserInput } from "./inputs.ts";
import { orBadCursor, toPage } from "./page.ts";
import type { EffectsList } from "./results.ts";

/** What admins see of the outbox, and how they retry what failed. */
export const effectsProcedures = ({ effects }: Pick<Rollcall, "effects">, admin: BaseProcedures["admin"]) => ({
  effects: admin.input(parseEffectsInput).query(async ({ input }): Promise<EffectsList> => {
    const listed = orBadCursor(effects.list({ state: input.state, ...toPage(input) }));
    const [summary, page] = await Promise.all([effects.summary(), listed]);
    return { summary, ...page };
  }),

  userEffects: admin.input(parseUserInput).query(({ input }): Promise<UserEffect[]> => effects.ofUser(input.id)),

  retryEffect: admin.input(parseRetryEffectInput).mutation(async ({ ctx, input }): Promise<{ retried: number }> => {
    const retried = await effects.retry(input ?? {});
    effects.deliverInBackground(ctx);
    return { retried };
  }),
});
