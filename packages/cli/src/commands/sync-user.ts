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
Exit: 0 done, 1 Clerk knows no such user, or they are marked as deleted here, or the database refuses the data, 2 configuration,
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
    const { syncUser, effects } = opened.rollcall;
    const { outcome, conflict } = await syncUser(userId, { revive });
    if (outcome === "deleted") throw new SyncError("USER_DELETED", `Clerk knows ${userId}, who was deleted here`);
    const result = json ? JSON.stringify({ userId, outcome, conflict }) : forPeople(userId, outcome, conflict);
    say(context, process.stdout, result, exitCodes.done);
    await effects.deliver(); // the end of the process would cut off what the write started
    return exitCodes.done;
  } catch (error) {
    const failure = json && failureOf(error, userId);
    const exitCode = isFinding(error) ? exitCodes.someUsersFailed : exitCodeOf(error);
    if (failure) return say(context, process.stdout, JSON.stringify({ ok: false, error: failure }), exitCode);
    return say(context, process.stderr, isFinding(error) ? sentence(error, userId) : explain(error), exitCode);
  }
}

// What is wrong with this user, not with the setup.
const FINDINGS = new Set<SyncErrorCode>(["USER_NOT_FOUND", "USER_DELETED", "DATA_REJECTED", "UNLINKED"]);
const isFinding = (error: unknown): error is SyncError => error instanceof SyncError && FINDINGS.has(error.code);

const sentence = (error: SyncError, userId: string): string =>
  `${error.code}: ${error.message}. ${hintFor(error, userId)}`;

function hintFor({ code, hint }: SyncError, userId: string): string {
  switch (code) {
    case "USER_DELETED":
      return `If that was a mistake, run npx rollcall sync-user ${userId} --revive`;
    case "USER_NOT_FOUND":
      return `${hint} The rows of a user who is missing at Clerk stay; npx rollcall sync looks for such users.`;
    default:
      return hint;
  }
}

/** A failure in its form for programs; null for an unexpected error. */
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
  created: "the user's row was created",
  updated: "the user's row was updated",
  unchanged: "nothing had changed at Clerk",
  outdated: "the row here is newer than Clerk's answer",
} as const;

function forPeople(id: string, outcome: keyof typeof MEANINGS, conflict: boolean): string {
  const line = `Done. ${id}: ${outcome}, ${MEANINGS[outcome]}.`;
  return conflict
    ? `${line}\n  Without the email: another user has the better claim to it, or a row of your own has it.`
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
