import { DatabaseError, type DatabaseErrorReason } from "../database-error.ts";

/**
 * For an adapter's calls to its driver: an error that `read` knows is thrown as a `DatabaseError`, any other as it is.
 */
export const rethrowAs =
  (read: (error: unknown) => DatabaseErrorReason | undefined) =>
  (error: unknown): never => {
    const reason = error instanceof DatabaseError ? undefined : read(error);
    throw reason === undefined ? error : new DatabaseError(reason, error);
  };
