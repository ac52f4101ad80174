import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createClient } from "@rollcall/db/client";
import { createRollcall, type FullRunOptions, type RunReport, type Runs } from "@rollcall/sync";
import { readEnvironment } from "./environment.ts";
import { exitCodeOf, exitCodes, explain } from "./exit-code.ts";
import { createProgress, duration } from "./progress.ts";

const USAGE = `Carries every user of Clerk's into your Postgres. What was carried over stays, however it ends: run it again at any time.

  pnpm sync:all [--dry-run] [--json]

  --dry-run   say what would change, and write nothing
  --json      the result as one line of JSON on stdout, progress on stderr
  --full      all users (the default)

Needs CLERK_SECRET_KEY and POSTGRES_URL, from the environment, .env.local or .env.
Exit: 0 done, 1 some users failed, 2 configuration, 5 Clerk unreachable, 6 database unreachable, 130 interrupted.`;

const LOOK_EVERY_MS = 1_000;
const NOT_YET = ["incremental", "workers", "confirm-deletions"] as const;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.kind === "help") return say(process.stdout, USAGE, exitCodes.done);
  if (options.kind === "refused") return say(process.stderr, `${options.why}\n\n${USAGE}`, exitCodes.configuration);

  const interrupt = new AbortController();
  const progress = createProgress();
  let latest: RunReport | undefined;
  try {
    const { POSTGRES_URL, CLERK_SECRET_KEY, CLERK_API_URL } = readEnvironment();
    await using database = openDatabase(POSTGRES_URL);
    const rollcall = createRollcall({
      db: database.client,
      clerk: { secretKey: CLERK_SECRET_KEY, apiUrl: CLERK_API_URL },
    });
    process.once("SIGINT", () => interrupt.abort());
    process.once("SIGTERM", () => interrupt.abort());
    const onProgress = (report: RunReport, total: number) => {
      latest = report;
      progress.show(report, total);
    };
    const report = await workOrFollow(rollcall.runs, {
      dryRun: options.dryRun,
      signal: interrupt.signal,
      onProgress,
      onPause: progress.pause,
    });
    progress.end();
    print(report, options.json);
    if (report.state === "cancelled") return exitCodes.interrupted;
    if (report.state === "failed") return exitCodes.failed;
    return report.failed > 0 ? exitCodes.someUsersFailed : exitCodes.done;
  } catch (error) {
    progress.end();
    if (latest) print({ ...latest, state: "failed" }, options.json);
    return say(process.stderr, explain(error), exitCodeOf(error));
  }
}

/** Works on a run of its own, or watches the one that is under way; one whose process was lost is begun anew. */
async function workOrFollow(runs: Runs, options: FullRunOptions & { dryRun: boolean }): Promise<RunReport> {
  const { dryRun, signal, onProgress } = options;
  for (;;) {
    const { runId, joined } = await runs.start({ startedBy: "sync:all", dryRun });
    if (!joined) return runs.work(runId, options);
    await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
    const run = await runs.get(runId);
    if (!run) continue;
    await onProgress?.(run.report, run.total ?? run.report.seen);
    if (run.endedAt) return run.report;
    if (signal?.aborted) return { ...run.report, state: "cancelled" };
  }
}

type Options = { kind: "run"; dryRun: boolean; json: boolean } | { kind: "help" } | { kind: "refused"; why: string };

function parseOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      options: {
        full: { type: "boolean" },
        "dry-run": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
        incremental: { type: "boolean" },
        workers: { type: "string" },
        "confirm-deletions": { type: "boolean" },
      },
    });
    if (values.help) return { kind: "help" };
    const missing = NOT_YET.find((name) => values[name] !== undefined);
    if (missing) return { kind: "refused", why: `--${missing} is not supported yet.` };
    return { kind: "run", dryRun: values["dry-run"], json: values.json };
  } catch (error) {
    return { kind: "refused", why: error instanceof Error ? error.message : String(error) };
  }
}

function openDatabase(url: string) {
  const client = createClient(url);
  return { client, [Symbol.asyncDispose]: () => client.$disconnect() };
}

function print(report: RunReport, json: boolean): void {
  if (json) {
    const errors = report.errors.map(({ userId, code }) => ({ userId, code }));
    process.stdout.write(`${JSON.stringify({ ...report, errors })}\n`);
    return;
  }
  const { dryRun, state, seen, created, updated, unchanged, outdated, deleted, failed, conflicts } = report;
  const lines = [
    `${headline(state, dryRun)}. ${seen} users in ${duration(report.durationMs)}, ${report.clerkCalls} calls of Clerk.`,
    `  created ${created}, updated ${updated}, unchanged ${unchanged}, outdated ${outdated}, deleted ${deleted}, failed ${failed}`,
    ...(conflicts > 0
      ? [
          `  ${conflicts} without their email: it is shown at another user who has the better claim, or at a row of your own`,
        ]
      : []),
    ...report.errors.map(({ userId, code, reason }) => `  ${userId}: ${code}, ${reason}`),
    ...(failed > report.errors.length ? [`  … and ${failed - report.errors.length} more`] : []),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

function headline(state: RunReport["state"], dryRun: boolean): string {
  if (state === "done") return dryRun ? "Dry run: nothing was written" : "Done";
  return state === "cancelled" ? "Interrupted" : "Failed";
}

function say(stream: NodeJS.WriteStream, text: string, exitCode: number): number {
  stream.write(`${text}\n`);
  return exitCode;
}
