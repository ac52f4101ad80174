import { type Effect, type Effects, type EffectsPage, effectTypes, type Rollcall } from "@rollcall/sync";
import { TRPCError } from "@trpc/server";
import { z } from "zod/v4";
import type { BaseProcedures } from "./base-procedures.ts";
import { type EffectsInput, parseEffectsInput, parseRetryEffectInput } from "./inputs.ts";
import type { EffectsList } from "./results.ts";

const PAGE = 20; // effects

/** What admins see of the outbox, and how they retry what failed. */
export const effectsProcedures = ({ effects }: Pick<Rollcall, "effects">, admin: BaseProcedures["admin"]) => ({
  effects: admin.input(parseEffectsInput).query(({ input }): Promise<EffectsList> => listEffects(effects, input)),

  retryEffect: admin.input(parseRetryEffectInput).mutation(async ({ ctx, input }): Promise<{ retried: number }> => {
    const retried = await effects.retry(input ?? {});
    effects.deliverInBackground(ctx);
    return { retried };
  }),
});

/** @throws TRPCError BAD_REQUEST for a cursor that no page gave */
async function listEffects(effects: Effects, { state, cursor, limit = PAGE }: EffectsInput): Promise<EffectsList> {
  const after = cursor == null ? null : readCursor(cursor);
  const [summary, listed] = await Promise.all([effects.summary(), effects.list({ state, after, limit: limit + 1 })]);
  const items = listed.slice(0, limit);
  const last = items.at(-1);
  return { summary, items, nextCursor: listed.length > limit && last ? writeCursor(last) : null };
}

// The place of an effect in the list: when it is due, or when it died, in epoch ms.
const place = z.tuple([z.int().min(0).max(8.64e15), z.enum(effectTypes), z.string().max(256)]);

const writeCursor = ({ type, userId, runAt, deadAt }: Effect): string =>
  Buffer.from(JSON.stringify([(deadAt ?? runAt).getTime(), type, userId])).toString("base64url");

function readCursor(cursor: string): NonNullable<EffectsPage["after"]> {
  try {
    const [at, type, userId] = place.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return { type, userId, runAt: new Date(at), deadAt: new Date(at) };
  } catch (cause) {
    throw new TRPCError({ code: "BAD_REQUEST", message: "cursor is the nextCursor of the previous page", cause });
  }
}
