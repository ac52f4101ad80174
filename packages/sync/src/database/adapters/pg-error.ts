import { z } from "zod/v4";
import type { DatabaseErrorReason } from "../database-error.ts";

// `severity` marks a message of the server: a SQLSTATE and a Prisma code look alike.
const serverMessage = z.object({
  severity: z.string(),
  code: z.string().regex(/^[0-9A-Z]{5}$/),
  message: z.string(),
  constraint: z.string().optional(),
});
const anyError = z.object({ message: z.string(), code: z.string().optional() });

// A socket's code, but not one of Node's own rules (ERR_INVALID_ARG_TYPE): that is a mistake in a program.
const SOCKET_CODE = /^E(?!RR_)[A-Z_]+$/;
// Node's documentation, "TLS: X509 certificate error codes", and what it reports of a handshake.
const TLS_CODE = /^(ERR_(TLS|SSL)_|CERT_|UNABLE_TO_(GET|VERIFY)_|(DEPTH_ZERO_)?SELF_SIGNED_CERT|HOSTNAME_MISMATCH)/;
// The words of `pg`, whose errors have no code.
const CONNECTION_LOST =
  /^(Connection terminated|timeout expired|Query read timeout|Client (was closed|has encountered)|Cannot use a pool after|The server does not support SSL|There was an error establishing an SSL|SASL:)/;
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
  if (code !== undefined) return SOCKET_CODE.test(code) || TLS_CODE.test(code) ? { kind: "disconnected" } : undefined;
  if (POOL_EXHAUSTED.test(message)) return { kind: "pool_exhausted" };
  return CONNECTION_LOST.test(message) ? { kind: "disconnected" } : undefined;
}
