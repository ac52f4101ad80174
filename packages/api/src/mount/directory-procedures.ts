import type {
  Activity,
  CheckedSetup,
  EventPage,
  Rollcall,
  Synced as SyncedUser,
  UserDetails,
  UserPage,
} from "@rollcall/sync";
import type { BaseProcedures } from "./base-procedures.ts";
import { parseEventsInput, parseSyncUserInput, parseUserInput, parseUsersInput } from "./inputs.ts";
import { orBadCursor, toPage } from "./page.ts";

/** What an admin looks up about the directory, its users and its events. */
export const directoryProcedures = (rollcall: Rollcall, admin: BaseProcedures["admin"]) => ({
  activity: admin.query((): Promise<Activity> => rollcall.activity()),

  events: admin
    .input(parseEventsInput)
    .query(({ input }): Promise<EventPage> => orBadCursor(rollcall.events.list({ ...input, ...toPage(input) }))),

  users: admin
    .input(parseUsersInput)
    .query(({ input }): Promise<UserPage> => orBadCursor(rollcall.directory.list({ ...input, ...toPage(input) }))),

  user: admin.input(parseUserInput).query(({ input }): Promise<UserDetails> => rollcall.directory.read(input.id)),

  syncUser: admin
    .input(parseSyncUserInput)
    .mutation(
      ({ ctx, input: { id, revive = false } }): Promise<SyncedUser> =>
        rollcall.syncUser(id, { revive, requestedBy: ctx.caller.userId }),
    ),

  check: admin.query((): Promise<CheckedSetup> => rollcall.checkSetup()),
});
