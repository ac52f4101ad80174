import { MigrationError } from "../postgres/migrate.ts";
import { PostgresError } from "../postgres/postgres-error.ts";
import { CommandError } from "./command-error.ts";

/** Runs a command to its end, then ends the process: exit code 0, or 1 or 2 with a message on stderr. */
export async function runCommand(command: () => Promise<void>): Promise<never> {
  try {
    await command();
    process.exit(0);
  } catch (error) {
    const expected = error instanceof CommandError || error instanceof PostgresError || error instanceof MigrationError;
    console.error(expected ? error.message : error);
    process.exit(error instanceof CommandError ? error.exitCode : 1);
  }
}
