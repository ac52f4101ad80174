import { parseArgs } from "node:util";
import { constructionSql, migrate as migrateDatabase } from "@rollcall/sync";
import { type CommandContext, say } from "../context.ts";
import { exitCodeOf, exitCodes, explain } from "../exit-code.ts";

const USAGE = `Creates or updates Rollcall's tables, in the Postgres schemas rollcall and rollcall_queue. None of your own tables is changed.
You can run it again at any time.

  npx rollcall migrate [--print-sql]

  --print-sql   print the SQL for an empty database and run nothing

Needs a connection string of your Postgres, from the environment, .env.local or .env: the first of
POSTGRES_URL_NON_POOLING, DATABASE_URL_UNPOOLED, DATABASE_URL_NON_POOLING, DIRECT_URL, POSTGRES_URL and DATABASE_URL.
Exit: 0 done, 2 configuration or a missing right, 6 database unreachable.`;

/** Creates or updates Rollcall's tables. */
export async function migrate(args: string[], context: CommandContext): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === "string") {
    return say(context, process.stderr, `${options}\n\n${USAGE}`, exitCodes.configuration);
  }
  if (options.help) return say(context, process.stdout, USAGE, exitCodes.done);
  if (options.printSql) return say(context, process.stdout, constructionSql(), exitCodes.done);
  try {
    const applied = await migrateDatabase(context.databaseUrl());
    const what = applied.length === 0 ? "up to date" : `up to date. Applied now: ${applied.join(", ")}`;
    return say(context, process.stdout, `Rollcall's tables are ${what}.`, exitCodes.done);
  } catch (error) {
    return say(context, process.stderr, explain(error), exitCodeOf(error));
  }
}

function parseOptions(args: string[]): { help: boolean; printSql: boolean } | string {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      options: {
        "print-sql": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return { help: values.help, printSql: values["print-sql"] };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
