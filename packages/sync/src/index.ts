export type { AdoptionCounts } from "./adoption/adoption-report.ts";
export { type AdoptionClass, type AdoptionPerson, adoptionClasses } from "./adoption/classify.ts";
export type { Linked, LinkOptions } from "./adoption/link-rows.ts";
export type { Pruned, PruneOptions } from "./adoption/prune.ts";
export type { AfterAnswer, BackgroundOptions } from "./background-work.ts";
export { type Check, type CheckReport, type CheckResult, runChecks } from "./checks/check.ts";
export type { CheckedSetup } from "./checks/shared-check.ts";
export type { ClerkCredentials } from "./clerk/clerk-api.ts";
export type { Dashboard } from "./dashboard.ts";
export type { Database, Queries } from "./database/database.ts";
export type { ApplicationTables, CustomerTable, UnsafeMetadata, UserColumns, UserTable } from "./database/tables.ts";
export type { Directory } from "./directory/directory.ts";
export type { Claimant, EmailClaim } from "./directory/email-claim.ts";
export type {
  AtClerk,
  FieldComparison,
  FieldValue,
  TombstoneDetails,
  UserDetails,
} from "./directory/user-details.ts";
export type { DirectoryUser, UserFilter, UserPage, UsersAsked } from "./directory/user-list.ts";
export { type UserState, userStates } from "./directory/user-state.ts";
export type { Delivered } from "./effects/deliver.ts";
export type { UserCreated, UserDeleted, UserUpdated } from "./effects/effect.ts";
export type { Effects, EffectsOnly, EffectsSummary, UserEffect } from "./effects/effects.ts";
export type { EffectHandlers } from "./effects/handlers.ts";
export type { Effect, EffectPage, EffectsAsked } from "./effects/list-effects.ts";
export { type EffectType, effectTypes } from "./effects/statements/delivery.ts";
export { type EventOutcome, eventOutcomes } from "./events/event-outcomes.ts";
export type { EventFilter, EventPage, LoggedEvent } from "./events/list-events.ts";
export type { Caller } from "./freshness/caller.ts";
export type { Freshness } from "./freshness/ensure-fresh.ts";
export type { MirroredUser, StoredUser } from "./freshness/mirror.ts";
export {
  checkRefusals,
  isRefused,
  type PersistedUser,
  type PresentUser,
  type Refusals,
  requirePersisted,
  requirePresent,
} from "./freshness/require-user.ts";
export type { SyncMeResult } from "./freshness/sync-me.ts";
export type { Synced } from "./freshness/sync-user.ts";
export type { Adoption } from "./instance/adopt.ts";
export type { LogEntry, LogEvent } from "./log-events.ts";
export { type Logger, silent } from "./logger.ts";
export { constructionSql, migrate } from "./migrate.ts";
export { createRollcall, type Rollcall, type RollcallOptions, type RollcallSettings } from "./rollcall.ts";
export type { RunBackgroundOptions } from "./runs/background.ts";
export type { MissingAsked, MissingPage, MissingUser } from "./runs/missing-users.ts";
export { isUnderWay, type RunKind, type RunReport, type RunState } from "./runs/report.ts";
export type { Run, RunWindow } from "./runs/run.ts";
export type { RunErrors } from "./runs/run-errors.ts";
export type { CancelResult, ConfirmResult, StartedRun, StartOptions } from "./runs/run-store.ts";
export type { Runs } from "./runs/runs.ts";
export type { WorkOptions } from "./runs/worker.ts";
export type { ClerkUser } from "./snapshot/clerk-user.ts";
export { normaliseEmail, type Snapshot, toSnapshot } from "./snapshot/snapshot.ts";
export { type ReadUser, userReader } from "./snapshot/user-reader.ts";
export type { Activity, RunSummary } from "./status/activity.ts";
export type { DirectoryStatus } from "./status/directory-status.ts";
export type { Health } from "./status/health.ts";
export type { Metrics } from "./status/metrics.ts";
export { errorCatalog, SyncError, type SyncErrorCode } from "./sync-error.ts";
export type { Applied, Outcome } from "./write-path/outcome.ts";
