import type {
  Activity,
  CheckedSetup,
  EventPage,
  MissingPage,
  Run,
  RunErrors,
  StartedRun,
  Synced as SyncedUser,
  SyncMeResult,
  UserDetails,
  UserEffect,
  UserPage,
} from "@rollcall/sync";
import type { initTRPC } from "@trpc/server";
import type { RollcallContext, Stored, Synced } from "./context.ts";
import type {
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
declare const withUsers: ReturnType<typeof authedBuilder.input<(value: unknown) => UsersInput>>;
declare const withUser: ReturnType<typeof authedBuilder.input<(value: unknown) => UserInput>>;
declare const withSyncUser: ReturnType<typeof authedBuilder.input<(value: unknown) => SyncUserInput>>;
declare const withEvents: ReturnType<typeof authedBuilder.input<(value: unknown) => EventsInput>>;
declare const withMissing: ReturnType<typeof authedBuilder.input<(value: unknown) => MissingInput>>;
declare const withExportMissing: ReturnType<typeof authedBuilder.input<(value: unknown) => ExportMissingInput>>;

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
  /** One user's effects, delivered ones included. */
  userEffects: ReturnType<typeof withUser.query<UserEffect[]>>;
  /** Makes one failed effect, or all, due now. */
  retryEffect: ReturnType<typeof withRetryEffect.mutation<{ retried: number }>>;
  /** Up to 100 users that the run could not sync, and their reasons. */
  runErrors: ReturnType<typeof withRun.query<RunErrors>>;
  /** Of a run that waits for a confirmation: whose tombstones it would make. */
  missing: ReturnType<typeof withMissing.query<MissingPage>>;
  /** The same in parts of 5,000, for a file. */
  exportMissing: ReturnType<typeof withExportMissing.query<MissingPage>>;
  /** The last 24 hours of events and the last 30 runs, for charts. */
  activity: ReturnType<typeof authedBuilder.query<Activity>>;
  events: ReturnType<typeof withEvents.query<EventPage>>;
  users: ReturnType<typeof withUsers.query<UserPage>>;
  user: ReturnType<typeof withUser.query<UserDetails>>;
  syncUser: ReturnType<typeof withSyncUser.mutation<SyncedUser>>;
  check: ReturnType<typeof authedBuilder.query<CheckedSetup>>;
};
export type SyncRouter = ReturnType<typeof root.router<SyncProcedures>>;
