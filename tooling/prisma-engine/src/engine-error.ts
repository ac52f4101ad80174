import { isDriverAdapterError } from "@prisma/driver-adapter-utils";
import type { Connection } from "@rollcall/db/connection";
import { z } from "zod";

/**
 * An error in the format of Prisma's own engine. The CLI shows code and message, and acts on some codes: on P1003, for example,
 * `migrate deploy` creates the database. The codes are those of Prisma's error reference.
 *
 * @see https://www.prisma.io/docs/orm/reference/error-reference
 */
export class EngineError extends Error {
  override readonly name = "EngineError";

  constructor(
    /** null if the reference has no code for it. */
    readonly code: string | null,
    message: string,
  ) {
    super(message);
  }
}

const CERTIFICATE_HINT =
  "\n\nName the authority that signed it with sslrootcert=<file> in the connection string, or skip verification with sslmode=no-verify.";

/** For an error of the first query on a connection. The message names server, user and database, never the password. */
export function connectionError(error: unknown, { config }: Connection): EngineError {
  const server = `\`${config.host || "localhost"}:${config.port ?? 5432}\``;
  // A connection timeout is not a driver error.
  const cause = isDriverAdapterError(error) ? error.cause : { kind: "SocketTimeout" as const };
  switch (cause.kind) {
    case "AuthenticationFailed":
      return new EngineError(
        "P1000",
        `Authentication failed against the database server at ${server}: the credentials for \`${config.user}\` are not valid.`,
      );
    case "DatabaseDoesNotExist":
      return new EngineError(
        "P1003",
        `Database \`${config.database}\` does not exist on the database server at ${server}.`,
      );
    case "DatabaseAlreadyExists":
      return new EngineError(
        "P1009",
        `Database \`${config.database}\` already exists on the database server at ${server}.`,
      );
    case "DatabaseAccessDenied":
      return new EngineError(
        "P1010",
        `User \`${config.user}\` was denied access on the database \`${config.database}\`.`,
      );
    case "TlsConnectionError":
      return new EngineError(
        "P1011",
        `Error opening a TLS connection to ${server}: ${cause.reason}${/certificate/.test(cause.reason) ? CERTIFICATE_HINT : ""}`,
      );
    case "DatabaseNotReachable":
    case "SocketTimeout":
    case "ConnectionClosed":
      return new EngineError(
        "P1001",
        `Can't reach database server at ${server}\n\nPlease make sure your database server is running at ${server}.`,
      );
    default:
      return new EngineError(
        null,
        `The database server at ${server} refuses: ${error instanceof Error ? error.message : cause.kind}.`,
      );
  }
}

const CodedError = z.object({ code: z.string(), message: z.string() });

const FAILED_SCRIPT =
  /^external connector error\n(?:Error querying the database: )?(?<reason>.*?)\n +0: sql_schema_connector::apply_migration::apply_script\s+with migration_name="(?<migration>[^"]*)"/s;

/**
 * For an error that the WebAssembly engine throws: its own code, if it has one, as most do. For a failed migration it only has a
 * trace of its own functions; Prisma's own engine says what to do.
 */
export function engineError(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const coded = CodedError.safeParse(error);
  if (coded.success) return new EngineError(coded.data.code, coded.data.message);
  const message = error instanceof Error ? error.message : String(error);
  const failed = FAILED_SCRIPT.exec(message)?.groups;
  if (!failed) return new EngineError(null, message);
  return new EngineError(
    "P3018",
    `A migration failed to apply. New migrations cannot be applied before the error is recovered from. Read more about how to resolve migration issues in a production database: https://pris.ly/d/migrate-resolve

Migration name: ${failed.migration}

Database error:
${failed.reason}`,
  );
}
