import { parseArgs } from "node:util";
import { errorCatalog, isUnderWay, type Rollcall, type Run, type RunKind, type SyncErrorCode } from "@rollcall/sync";
import { watchBeginning } from "../cannot-begin.ts";
import { type CommandContext, say } from "../context.ts";
import { deliverAlongside } from "../deliver-alongside.ts";
import { exitCodeOf, exitCodeOfCode, exitCodes, explain } from "../exit-code.ts";
import { forPeople, printJson, whyFailed } from "../print-run.ts";
import { createProgress, type Progress } from "../progress.ts";
import { parseWorkers } from "../workers-option.ts";

const USAGE = `Copies every Clerk user into your Postgres. You can stop and rerun it at any time: it resumes where it stopped.
It continues a run that is in progress or that failed a while ago. Several of these can work on one run together.

  npx rollcall sync [--full|--incremental] [--dry-run] [--workers N] [--confirm-deletions] [--json]

  --full                all users, including those deleted at Clerk (the default)
  --incremental         only what changed since the last run; finds no deletions
  --dry-run             show what would change, and write nothing
  --workers N           pages at a time, 1 to 16 (default 4)
  --confirm-deletions   continue a run that waits for confirmation, or start one that does not ask
  --json                the result as one line of JSON on stdout, progress on stderr

Needs CLERK_SECRET_KEY and POSTGRES_URL, from the environment, .env.local or .env.
Exit: 0 done, 1 some users failed, 2 configuration, 3 refused: the database mirrors another Clerk instance,
4 waits for deletions to be confirmed, 5 failed or Clerk unreachable, 6 database unreachable, 7 cancelled by someone
else, 130 interrupted.`;

/** Syncs all users, or all changes. */
export async function sync(args: string[], context: CommandContext): Promise<number> {
  const options = parseOptions(args);
  if (options.kind === "help") return say(context, process.stdout, USAGE, exitCodes.done);
  if (options.kind === "refused")
    return say(context, process.stderr, `${options.why}\n\n${USAGE}`, exitCodes.configuration);

  const progress = createProgress();
  const watch = watchBeginning();
  const giveUp = new AbortController();
  let latest: Run | undefined;
  let trouble: SyncErrorCode | null = null;
  const onProgress = (run: Run) => {
    latest = run;
    progress.show(run);
    trouble = watch(run);
    if (trouble) giveUp.abort();
  };
  try {
    await using mirror = await context.open();
    const interrupt = new AbortController();
    process.once("SIGINT", () => interrupt.abort());
    process.once("SIGTERM", () => interrupt.abort());
    const signal = AbortSignal.any([interrupt.signal, giveUp.signal]);
    const work = () => syncAll(mirror.rollcall, options, { ...progress, show: onProgress }, signal);
    const run = options.dryRun ? await work() : await deliverAlongside(mirror.rollcall.effects, { signal }, work);
    progress.end();
    if (options.json) printJson(run);
    else say(context, process.stdout, forPeople(run), exitCodes.done);
    if (trouble && isUnderWay(run.report.state))
      return say(context, process.stderr, whyNotBegun(trouble), exitCodes.failed);
    const why = whyFailed(run);
    return why ? say(context, process.stderr, why, exitCodeOfRun(run)) : exitCodeOfRun(run);
  } catch (error) {
    progress.end();
    if (latest && options.json) printJson(latest);
    return say(context, process.stderr, explain(error), exitCodeOf(error));
  }
}

/**
 * Starts a run or joins the one in progress, and works on it to its end. If a full run was requested and an incremental one is in
 * progress, the full one follows.
 */
async function syncAll(
  { runs }: Rollcall,
  { runKind, dryRun, confirmDeletions, workers }: Asked,
  progress: Progress,
  signal: AbortSignal,
): Promise<Run> {
  for (;;) {
    const { runId, joined } = await runs.start({ startedBy: "sync:all", kind: runKind, dryRun, confirmDeletions });
    if (joined) progress.joins(runId);
    await runs.work({ runId, workers, signal, onProgress: progress.show });
    const run = await runs.get(runId);
    if (!run) throw new Error(`The run ${runId} is gone`);
    if (dryRun) await runs.cancel(runId); // an interrupted dry run ends here: no other process can continue it
    const isOther = joined && runKind === "full" && run.report.kind === "incremental";
    if (!isOther || run.report.state !== "done") return run;
  }
}

function whyNotBegun(code: SyncErrorCode): string {
  const { message, hint } = errorCatalog[code];
  return `${code}: ${message} ${hint}`;
}

function exitCodeOfRun({ report: { state, failed }, failure }: Run): number {
  switch (state) {
    case "done":
      return failed > 0 ? exitCodes.someUsersFailed : exitCodes.done;
    case "awaiting_confirmation":
      return exitCodes.awaitsConfirmation;
    case "cancelled":
      return exitCodes.cancelled;
    case "failed":
      return failure?.code ? exitCodeOfCode(failure.code) : exitCodes.failed;
    case "planned":
    case "running":
      return exitCodes.interrupted;
  }
}

interface Asked {
  runKind: RunKind;
  dryRun: boolean;
  workers: number;
  confirmDeletions: boolean;
  json: boolean;
}
type Options = ({ kind: "run" } & Asked) | { kind: "help" } | { kind: "refused"; why: string };

function parseOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      options: {
        full: { type: "boolean", default: false },
        incremental: { type: "boolean", default: false },
        "dry-run": { type: "boolean", default: false },
        workers: { type: "string", default: "4" },
        "confirm-deletions": { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
    const { full, incremental, json } = values;
    if (values.help) return { kind: "help" };
    if (full && incremental) return refused("--full and --incremental exclude each other.");
    if (incremental && values["confirm-deletions"]) return refused("An incremental run finds no deletions to confirm.");
    if (values["dry-run"] && values["confirm-deletions"]) return refused("A dry run makes no deletions to confirm.");
    return {
      kind: "run",
      runKind: incremental ? "incremental" : "full",
      dryRun: values["dry-run"],
      workers: parseWorkers(values.workers),
      confirmDeletions: values["confirm-deletions"],
      json,
    };
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

function refused(why: string): Options {
  return { kind: "refused", why };
}
