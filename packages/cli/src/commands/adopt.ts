import { parseArgs } from "node:util";
import type { Adoption } from "@rollcall/sync";
import { linkForPeople, printReport, pruneForPeople } from "../adoption.ts";
import { type CommandContext, say } from "../context.ts";
import { exitCodeOf, exitCodes, explain } from "../exit-code.ts";

const USAGE = `Fits your rows and Clerk's users together.

  npx rollcall adopt --report [--csv]
  npx rollcall adopt --link verified-email|external-id
  npx rollcall adopt --prune [--confirm-deletions]
  npx rollcall adopt

  --report   how your rows and Clerk's users fit together: counts. Only reads
  --csv      with --report: every user as CSV on stdout, the counts on stderr
  --link     writes Clerk's id into the rows of users who match in this way: the verified email is the same, or
             Clerk's external_id is your row's id. Ambiguous rows are skipped. The person who controls the address
             then controls the row: link by email only if your rows' emails were verified
  --prune    asks Clerk about each row with a Clerk id that was never synced, and syncs the users it knows
  --confirm-deletions   with --prune: marks the users that Clerk does not know as deleted

Without an option it makes your Postgres mirror the Clerk instance that CLERK_SECRET_KEY belongs to, for example for a preview on a
copy of the production database. It deletes no row of your tables: users of the previous instance stay as they are, and are no
longer synced.

Needs CLERK_SECRET_KEY and POSTGRES_URL, from the environment, .env.local or .env.
Exit: 0 done, or nothing to do, 2 configuration, 3 the database mirrors another Clerk instance, 4 awaits the confirmation of
deletions, 5 Clerk unreachable, 6 database unreachable.`;

// It waits for its turn, and releases a million users in one statement. The engine allows no more than this.
const ADOPTION_MS = 11 * 60_000;

/** Shows how rows and users fit together, links or prunes rows, or makes the database mirror the key's Clerk instance. */
export async function adopt(args: string[], context: CommandContext): Promise<number> {
  const options = parseOptions(args);
  if (options.kind === "help") return say(context, process.stdout, USAGE, exitCodes.done);
  if (options.kind === "refused") {
    return say(context, process.stderr, `${options.why}\n\n${USAGE}`, exitCodes.configuration);
  }
  try {
    await using opened = await context.open({ queryTimeoutMs: ADOPTION_MS });
    const { rollcall } = opened;
    switch (options.kind) {
      case "report":
        return await printReport(rollcall, options.csv, context);
      case "link": {
        const linked = await rollcall.linkRows({ by: options.by });
        return say(context, process.stdout, linkForPeople(linked), exitCodes.done);
      }
      case "prune": {
        const pruned = await rollcall.prune({ confirm: () => options.confirmed });
        const waits = pruned.denied > pruned.tombstoned && !options.confirmed;
        say(context, process.stdout, pruneForPeople(pruned), exitCodes.done);
        await rollcall.effects.deliver(); // the end of the process would cut off what the writes started
        return waits ? exitCodes.awaitsConfirmation : exitCodes.done;
      }
      case "instance":
        return say(context, process.stdout, forPeople(await rollcall.adoptInstance()), exitCodes.done);
    }
  } catch (error) {
    return say(context, process.stderr, explain(error), exitCodeOf(error));
  }
}

type Options =
  | { kind: "report"; csv: boolean }
  | { kind: "link"; by: "verified-email" | "external-id" }
  | { kind: "prune"; confirmed: boolean }
  | { kind: "instance" }
  | { kind: "help" }
  | { kind: "refused"; why: string };

function parseOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      options: {
        report: { type: "boolean", default: false },
        csv: { type: "boolean", default: false },
        link: { type: "string" },
        prune: { type: "boolean", default: false },
        "confirm-deletions": { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const { report, csv, link, prune, help } = values;
    const confirmed = values["confirm-deletions"];
    if (help) return { kind: "help" };
    if (csv && !report) return { kind: "refused", why: "--csv goes with --report." };
    if (confirmed && !prune) return { kind: "refused", why: "--confirm-deletions goes with --prune." };
    if ([report, link !== undefined, prune].filter(Boolean).length > 1) {
      return { kind: "refused", why: "--report, --link and --prune exclude each other." };
    }
    if (report) return { kind: "report", csv };
    if (prune) return { kind: "prune", confirmed };
    if (link === undefined) return { kind: "instance" };
    if (link === "verified-email" || link === "external-id") return { kind: "link", by: link };
    return { kind: "refused", why: `--link takes verified-email or external-id, not ${link}.` };
  } catch (error) {
    return { kind: "refused", why: error instanceof Error ? error.message : String(error) };
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
    "  To copy its users: npx rollcall sync",
  ].join("\n");
}
