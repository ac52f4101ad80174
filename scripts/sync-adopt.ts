import { parseArgs } from "node:util";
import type { Adoption } from "@rollcall/sync";
import { exitCodeOf, exitCodes, explain } from "./exit-code.ts";
import { openRollcall, say } from "./open-rollcall.ts";
import { runCommand } from "./run-command.ts";

const USAGE = `Makes your Postgres mirror the Clerk instance that CLERK_SECRET_KEY belongs to, for example for a preview on a copy of the production
database. It deletes no row of your tables: users of the previous instance stay as they are, and are no longer synced.

  pnpm sync:adopt

Needs CLERK_SECRET_KEY and POSTGRES_URL, from the environment, .env.local or .env.
Exit: 0 done, or nothing to do, 2 configuration, 5 Clerk unreachable, 6 database unreachable.`;

// It waits for its turn, and releases a million users in one statement. The engine allows no more than this.
const ADOPTION_MS = 11 * 60_000;

async function main(args: string[]): Promise<number> {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      options: { help: { type: "boolean", short: "h" } },
    });
    if (values.help) return say(process.stdout, USAGE, exitCodes.done);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return say(process.stderr, `${why}\n\n${USAGE}`, exitCodes.configuration);
  }
  try {
    await using opened = openRollcall({ queryTimeoutMs: ADOPTION_MS });
    return say(process.stdout, forPeople(await opened.rollcall.adoptInstance()), exitCodes.done);
  } catch (error) {
    return say(process.stderr, explain(error), exitCodeOf(error));
  }
}

function forPeople({ instanceId, previous, released }: Adoption): string {
  if (previous === instanceId) {
    const already = `this database already mirrors the Clerk instance ${instanceId}.`;
    if (released === 0) return `Nothing to do: ${already}`;
    return `Done: ${already}\n  ${released} users of another instance are no longer synced. Their rows stay as they are.`;
  }
  return [
    `Done. This database now mirrors the Clerk instance ${instanceId}${previous === null ? "" : `, and no longer ${previous}`}.`,
    ...(released > 0
      ? [`  ${released} users of the previous instance are no longer synced. Their rows stay as they are.`]
      : []),
    "  To copy its users: pnpm sync:all",
  ].join("\n");
}

await runCommand(main);
