export type {
  Activity,
  AtClerk,
  CheckedSetup,
  CheckReport,
  CheckResult,
  Claimant,
  DirectoryStatus,
  DirectoryUser,
  Effect,
  EffectsSummary,
  EffectType,
  EmailClaim,
  EventOutcome,
  EventPage,
  FieldComparison,
  FieldValue,
  LoggedEvent,
  MirroredUser,
  MissingPage,
  MissingUser,
  Run,
  RunErrors,
  RunKind,
  RunReport,
  RunState,
  RunSummary,
  RunWindow,
  StartedRun,
  StoredUser,
  SyncErrorCode,
  Synced as SyncedUser,
  SyncMeResult,
  TombstoneDetails,
  UserDetails,
  UserEffect,
  UserPage,
  UserState,
} from "@rollcall/sync";
export type { Callers } from "./callers.ts";
export type { RollcallContext, Stored, Synced, SyncState } from "./context.ts";
export { createRollcallTRPC, type RollcallTRPC } from "./create-rollcall-trpc.ts";
export { createTRPCHandler, type TRPCHandlerOptions } from "./create-trpc-handler.ts";
export { type ErrorData, formatError } from "./format-error.ts";
export type {
  EffectsInput,
  EventsInput,
  ExportMissingInput,
  MissingInput,
  PageInput,
  RetryEffectInput,
  RunInput,
  StartInput,
  SyncUserInput,
  UserInput,
  UsersInput,
} from "./inputs.ts";
export type { EffectsList, RunPage, Status } from "./results.ts";
export type { AuthedProcedure, SyncedProcedure, SyncProcedures, SyncRouter } from "./sync-router-type.ts";
