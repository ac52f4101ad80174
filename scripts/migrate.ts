import { existsSync } from "node:fs";
import { withVerifiedTls } from "@rollcall/db/connection";
import { readEnvironment } from "@rollcall/db/environment";
import { migrate } from "@rollcall/sync";
import { exitCodeOf, exitCodes, explain } from "./exit-code.ts";
import { say } from "./open-rollcall.ts";
import { runCommand } from "./run-command.ts";

// The second half of `pnpm db:migrate`: Rollcall's own tables and the queue's, so that workers need no right to create any.
async function main(): Promise<number> {
  try {
    if (existsSync(".env")) process.loadEnvFile(".env"); // as prisma.config.ts does for the first half
    const { POSTGRES_URL, POSTGRES_URL_NON_POOLING } = readEnvironment(process.env);
    const applied = await migrate(withVerifiedTls(POSTGRES_URL_NON_POOLING ?? POSTGRES_URL));
    const what = applied.length === 0 ? "up to date" : `up to date. Applied now: ${applied.join(", ")}`;
    return say(process.stdout, `Rollcall's tables are ${what}.`, exitCodes.done);
  } catch (error) {
    return say(process.stderr, explain(error), exitCodeOf(error));
  }
}

await runCommand(main);
