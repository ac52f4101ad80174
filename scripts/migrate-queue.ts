import { existsSync } from "node:fs";
import { withVerifiedTls } from "@rollcall/db/connection";
import { readEnvironment } from "@rollcall/db/environment";
import { migrateQueue } from "@rollcall/sync";
import { exitCodeOf, exitCodes, explain } from "./exit-code.ts";
import { say } from "./open-rollcall.ts";
import { runCommand } from "./run-command.ts";

// The second half of `pnpm db:migrate`: the queue's tables, so that workers need no right to create tables.
async function main(): Promise<number> {
  try {
    if (existsSync(".env")) process.loadEnvFile(".env"); // as prisma.config.ts does for the first half
    const { POSTGRES_URL, POSTGRES_URL_NON_POOLING } = readEnvironment(process.env);
    await migrateQueue(withVerifiedTls(POSTGRES_URL_NON_POOLING ?? POSTGRES_URL));
    return say(process.stdout, "The queue's tables are up to date.", exitCodes.done);
  } catch (error) {
    return say(process.stderr, explain(error), exitCodeOf(error));
  }
}

await runCommand(main);
