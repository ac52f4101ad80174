import { errorCatalog, type SyncError, type SyncErrorCode } from "@rollcall/sync";
import { TRPCError } from "@trpc/server";

// The engine does not know tRPC: here its catalog's codes are checked against tRPC's.
const catalog = errorCatalog satisfies Record<SyncErrorCode, { trpcCode: TRPCError["code"] }>;

/**
 * The error as a client may see it, under any formatter of the host: the message is the code, then a hint from the catalog. The
 * real error is the `cause`, which stays on the server.
 */
export const toTRPCError = (error: SyncError, code: TRPCError["code"] = catalog[error.code].trpcCode): TRPCError =>
  new TRPCError({ code, message: `${error.code}: ${error.explanation.message} ${error.hint}`, cause: error });
