export type {
  DirectoryStatus,
  Effect,
  EffectsSummary,
  EffectType,
  MirroredUser,
  Run,
  RunKind,
  RunReport,
  RunState,
  RunWindow,
  StartedRun,
  StoredUser,
  SyncErrorCode,
  SyncMeResult,
} from "@rollcall/sync";
export type { Callers } from "./callers.ts";
export type { RollcallContext, Stored, Synced, SyncState } from "./context.ts";
export { createRollcallTRPC, type RollcallTRPC } from "./create-rollcall-trpc.ts";
export { createTRPCHandler, type TRPCHandlerOptions } from "./create-trpc-handler.ts";
export type { EffectsInput, PageInput, RetryEffectInput, RunInput, StartInput } from "./inputs.ts";
export type { EffectsList, RunPage, Status } from "./results.ts";
export type { AuthedProcedure, SyncedProcedure, SyncProcedures, SyncRouter } from "./sync-router-type.ts";
