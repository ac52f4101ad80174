import { parseArgs } from "node:util";
import type { Adoption } from "@rollcall/sync";
import { type CommandContext, say } from "../context.ts";
import { exitCodeOf, exitCodes, explain } from "../exit-code.ts";

const USAGE = `Makes your Postgres mirror the Clerk instance that CLERK_SECRET_KEY belongs to, for example for a preview on a copy of the production
database. No row of your tables is removed: users of the former instance stay as they are, and are no longer followed.

  npx rollcall adopt

Needs CLERK_SECRET_KEY and POSTGRES_URL, from the environment, .env.local or .env.
Exit: 0 done, or nothing to do, 2 configuration, 5 Clerk unreachable, 6 database unreachable.`;

// It waits for its turn, and lets go of a million users in one statement; longer than the engine gives it is for nothing.
const ADOPTION_MS = 11 * 60_000;

/** Makes the database mirror the key's Clerk instance. */
export async function adopt(args: string[], context: CommandContext): Promise<number> {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      options: { help: { type: "boolean", short: "h" } },
    });
    if (values.help) return say(context, process.stdout, USAGE, exitCodes.done);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return say(context, process.stderr, `${why}\n\n${USAGE}`, exitCodes.configuration);
  }
  try {
    await using opened = await context.open({ queryTimeoutMs: ADOPTION_MS });
    return say(context, process.stdout, forPeople(await opened.rollcall.adoptInstance()), exitCodes.done);
  } catch (error) {
    return say(context, process.stderr, explain(error), exitCodeOf(error));
  }
}

function forPeople({ instanceId, previous, released }: Adoption): string {
  if (previous === instanceId) {
    const already = `this database mirrors the Clerk instance ${instanceId} already.`;
    if (released === 0) return `Nothing to do: ${already}`;
    return `Done: ${already}\n  ${released} users of another instance are no longer followed. Their rows stand as they are.`;
  }
  return [
    `Done. This database mirrors the Clerk instance ${instanceId} now${previous === null ? "" : `, and no longer ${previous}`}.`,
    ...(released > 0
      ? [`  ${released} users of the former instance are no longer followed. Their rows stand as they are.`]
      : []),
    "  To copy its users: npx rollcall sync",
  ].join("\n");
}
