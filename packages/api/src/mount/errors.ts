import { errorCatalog, type SyncError, type SyncErrorCode } from "@rollcall/sync";
import { TRPCError } from "@trpc/server";

// The engine knows no tRPC: here the codes that its catalog names are held against tRPC's own.
const catalog = errorCatalog satisfies Record<SyncErrorCode, { trpcCode: TRPCError["code"] }>;

/**
 * The error as it may cross to a client: the code is the message's first word, under any formatter of a host's, and the
 * rest a hint from the closed table. What really happened is the `cause`, which stays on the server.
 */
export const toTRPCError = (error: SyncError, code: TRPCError["code"] = catalog[error.code].trpcCode): TRPCError =>
  new TRPCError({ code, message: `${error.code}: ${error.explanation.message} ${error.hint}`, cause: error });
