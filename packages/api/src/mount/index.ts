export type { RollcallContext, Synced, SyncState } from "./context.ts";
export {
  type AuthedProcedure,
  createRollcallTRPC,
  type RollcallTRPC,
  type RollcallTRPCOptions,
  type SyncProcedures,
  type SyncRouter,
} from "./create-rollcall-trpc.ts";
export type { DirectoryStatus, MirroredUser, Run, StartedRun, Status, SyncMeResult } from "./results.ts";
