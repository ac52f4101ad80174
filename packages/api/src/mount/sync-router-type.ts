import type { Run, StartedRun, SyncMeResult } from "@rollcall/sync";
import type { initTRPC } from "@trpc/server";
import type { RollcallContext, Stored, Synced } from "./context.ts";
import type { EffectsInput, PageInput, RetryEffectInput, RunInput, StartInput } from "./inputs.ts";
import type { EffectsList, RunPage, Status } from "./results.ts";

// tRPC's own types gain parameters between minor versions. These are read from the host's version. Otherwise our declarations
// would contain those of the version that this package was built with.
declare const root: ReturnType<ReturnType<typeof initTRPC.context<RollcallContext>>["create"]>;
declare const publicBuilder: (typeof root)["procedure"];
export type AuthedProcedure = ReturnType<typeof publicBuilder.use<Synced>>;
export type SyncedProcedure = ReturnType<typeof publicBuilder.use<Stored>>;
declare const authedBuilder: AuthedProcedure;
declare const withStart: ReturnType<typeof authedBuilder.input<(value: unknown) => StartInput>>;
declare const withRun: ReturnType<typeof authedBuilder.input<(value: unknown) => RunInput>>;
declare const withPage: ReturnType<typeof authedBuilder.input<(value: unknown) => PageInput>>;
declare const withEffects: ReturnType<typeof authedBuilder.input<(value: unknown) => EffectsInput>>;
declare const withRetryEffect: ReturnType<typeof authedBuilder.input<(value: unknown) => RetryEffectInput>>;

/** The `sync` router's procedures, as a client sees them. */
export type SyncProcedures = {
  status: ReturnType<typeof authedBuilder.query<Status>>;
  syncMe: ReturnType<typeof authedBuilder.mutation<SyncMeResult>>;
  syncAll: ReturnType<typeof withStart.mutation<StartedRun>>;
  run: ReturnType<typeof withRun.query<Run>>;
  runs: ReturnType<typeof withPage.query<RunPage>>;
  cancelRun: ReturnType<typeof withRun.mutation<Run>>;
  confirmDeletions: ReturnType<typeof withRun.mutation<Run>>;
  /** The outbox: pending effects, or those that failed for a day. */
  effects: ReturnType<typeof withEffects.query<EffectsList>>;
  /** Makes one failed effect, or all, due now. */
  retryEffect: ReturnType<typeof withRetryEffect.mutation<{ retried: number }>>;
};
export type SyncRouter = ReturnType<typeof root.router<SyncProcedures>>;
