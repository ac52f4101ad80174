import { parseArgs } from "node:util";
import { parseConnectionString } from "@rollcall/db/connection";
import { z } from "zod";
import { EngineError, engineError } from "./engine-error.ts";
import { EngineSession } from "./engine-session.ts";
import { print, serve } from "./json-rpc.ts";
import { MigrationDatabase } from "./migration-database.ts";
import { schemaEngineVersion } from "./schema-engine.ts";

const Datasource = z.object({ url: z.string().optional(), shadowDatabaseUrl: z.string().optional() });

/** The arguments that Prisma's CLI passes to its schema engine. */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: "boolean" },
    datasource: { type: "string" },
    datamodels: { type: "string", multiple: true },
    // The WebAssembly engine finds the former in the schema, and does not know the latter.
    "enabled-preview-features": { type: "string" },
    "extension-types": { type: "string" },
  },
});

if (options.version) {
  console.log(`schema-engine-wasm ${await schemaEngineVersion()}`);
} else if (positionals[0] === "cli") {
  await runCommand(positionals[1]).catch((error) => {
    process.exitCode = 1;
    logError(engineError(error));
  });
} else {
  const send = (message: object) => process.stdout.write(`${JSON.stringify(message)}\n`);
  const session = new EngineSession({
    openDatabase,
    schemaFiles: options.datamodels ?? [],
    print: (content) => print(send, content),
    onPanic,
  });
  await serve(process.stdin, send, (method, params) => session.answer(method, params));
  // The session's connection would keep the process alive.
  process.exit();
}

/** @throws {EngineError} */
function openDatabase(): MigrationDatabase {
  const { url, shadowDatabaseUrl } = Datasource.parse(JSON.parse(options.datasource ?? "{}"));
  if (!url) {
    throw new EngineError(
      null,
      "This needs a database, if only to compare schemas. Set POSTGRES_URL to its connection string.",
    );
  }
  if (shadowDatabaseUrl) {
    throw new EngineError(
      null,
      "shadowDatabaseUrl is not supported: the shadow database is created next to the database itself.",
    );
  }
  return new MigrationDatabase(parseConnectionString(url));
}

/** The two requests that answer with an exit code, and the reason on standard error. @throws {EngineError} */
async function runCommand(command: string | undefined): Promise<void> {
  switch (command) {
    case "can-connect-to-database":
      return openDatabase().ping();
    case "create-database":
      return openDatabase().create();
    default:
      throw new EngineError(null, `The schema engine has no command "${command}".`);
  }
}

/** Exit code 101 tells the CLI about a panic, as in Prisma's own engine, which is written in Rust. */
function onPanic(reason: string): never {
  logError(new EngineError(null, reason));
  process.exit(101);
}

/** A line of Prisma's log. The CLI skips the first line of standard error, so an empty one goes before. */
function logError({ code, message }: EngineError): void {
  const fields = { message, ...(code && { error_code: code }) };
  process.stderr.write(`\n${JSON.stringify({ level: "ERROR", target: "schema_engine::logger", fields })}\n`);
}
