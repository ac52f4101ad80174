import { z } from "zod/v4";
import type { DatabaseErrorReason } from "../database-error.ts";

// `severity` marks a message of the server: a SQLSTATE and a code of Prisma's look alike.
const serverMessage = z.object({
  severity: z.string(),
  code: z.string().regex(/^[0-9A-Z]{5}$/),
  message: z.string(),
  constraint: z.string().optional(),
});
const anyError = z.object({ message: z.string(), code: z.string().optional() });

// A socket's code (those of Node's own rules, ERR_…, are mistakes), or the words of `pg`.
const SOCKET_ERROR = /^E(?!RR_)[A-Z_]+$/;
const CONNECTION_LOST =
  /^(Connection terminated|Query read timeout|Client (was closed|has encountered)|Cannot use a pool after)/;
const POOL_EXHAUSTED = /^timeout exceeded when trying to connect/;

/** Reads an error of `pg`, or of a driver that speaks like it; undefined for any other error. */
export function readPgError(error: unknown): DatabaseErrorReason | undefined {
  const answer = serverMessage.safeParse(error);
  if (answer.success) {
    const { code, message, constraint } = answer.data;
    return { kind: "refused", sqlState: code, constraint, said: message };
  }
  const other = anyError.safeParse(error);
  if (!other.success) return undefined;
  const { message, code } = other.data;
  if (code !== undefined) return SOCKET_ERROR.test(code) ? { kind: "disconnected" } : undefined;
  if (POOL_EXHAUSTED.test(message)) return { kind: "pool_exhausted" };
  return CONNECTION_LOST.test(message) ? { kind: "disconnected" } : undefined;
}
