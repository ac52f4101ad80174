import { parseArgs } from "node:util";
import { SyncError, type SyncErrorCode } from "@rollcall/sync";
import { type CommandContext, say } from "../context.ts";
import { exitCodeOf, exitCodes, explain, isUnconfigured } from "../exit-code.ts";

const USAGE = `Asks Clerk about one user and writes the answer to your Postgres.

  npx rollcall sync-user <id> [--revive] [--json]

  <id>       the user's Clerk id, such as user_2ab…
  --revive   the user was deleted here by mistake: lift the deletion, if Clerk knows the user
  --json     the result as one line of JSON on stdout

Needs CLERK_SECRET_KEY and POSTGRES_URL, from the environment, .env.local or .env.
Exit: 0 done, 1 Clerk knows no such user, or a deletion stands here, or the database refuses the data, 2 configuration,
3 the database mirrors another Clerk instance, 5 Clerk unreachable, 6 database unreachable.`;

/** Syncs one user. */
export async function syncUser(args: string[], context: CommandContext): Promise<number> {
  const options = parseOptions(args);
  if (options.kind === "help") return say(context, process.stdout, USAGE, exitCodes.done);
  if (options.kind === "refused")
    return say(context, process.stderr, `${options.why}\n\n${USAGE}`, exitCodes.configuration);

  const { userId, revive, json } = options;
  try {
    await using opened = await context.open();
    const { outcome, conflict } = await opened.rollcall.syncUser(userId, { revive });
    if (outcome === "deleted") throw new SyncError("USER_DELETED", `Clerk knows ${userId}, who was deleted here`);
    const result = json ? JSON.stringify({ userId, outcome, conflict }) : forPeople(userId, outcome, conflict);
    return say(context, process.stdout, result, exitCodes.done);
  } catch (error) {
    const failure = json && failureOf(error, userId);
    const exitCode = isFinding(error) ? exitCodes.someUsersFailed : exitCodeOf(error);
    if (failure) return say(context, process.stdout, JSON.stringify({ ok: false, error: failure }), exitCode);
    return say(context, process.stderr, isFinding(error) ? sentence(error, userId) : explain(error), exitCode);
  }
}

// What is wrong with this user alone, and not with the set-up.
const FINDINGS = new Set<SyncErrorCode>(["USER_NOT_FOUND", "USER_DELETED", "DATA_REJECTED", "UNLINKED"]);
const isFinding = (error: unknown): error is SyncError => error instanceof SyncError && FINDINGS.has(error.code);

const sentence = (error: SyncError, userId: string): string =>
  `${error.code}: ${error.message}. ${hintFor(error, userId)}`;

function hintFor({ code, hint }: SyncError, userId: string): string {
  switch (code) {
    case "USER_DELETED":
      return `If that was a mistake, run npx rollcall sync-user ${userId} --revive`;
    case "USER_NOT_FOUND":
      return `${hint} What stands here of a user who is gone stays; npx rollcall sync looks for such users.`;
    default:
      return hint;
  }
}

/** A failure as it is told to a program; null for one that nobody foresaw. */
function failureOf(error: unknown, userId: string): { code: string; message: string; hint: string } | null {
  if (error instanceof SyncError) {
    return { code: error.code, message: error.message, hint: hintFor(error, userId) };
  }
  if (isUnconfigured(error)) {
    return { code: error.code, message: error.message, hint: "Set it in the environment, .env.local or .env." };
  }
  return null;
}

const MEANINGS = {
  created: "the user is here now",
  updated: "the user is here as Clerk says now",
  unchanged: "everything stood as Clerk says",
  outdated: "something newer was known here already",
} as const;

function forPeople(id: string, outcome: keyof typeof MEANINGS, conflict: boolean): string {
  const line = `Done. ${id}: ${outcome}, ${MEANINGS[outcome]}.`;
  return conflict
    ? `${line}\n  Without the email: it is shown at another user who has the better claim, or at a row of your own.`
    : line;
}

type Options = { kind: "run"; userId: string; revive: boolean; json: boolean } | { kind: "help" } | Refused;
type Refused = { kind: "refused"; why: string };

function parseOptions(args: string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      allowPositionals: true,
      options: {
        revive: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
    const { revive, json, help } = values;
    const [userId, ...others] = positionals;
    if (help) return { kind: "help" };
    if (userId === undefined || others.length > 0) return { kind: "refused", why: "Name one user, by Clerk's id." };
    return { kind: "run", userId, revive, json };
  } catch (error) {
    return { kind: "refused", why: error instanceof Error ? error.message : String(error) };
  }
}
