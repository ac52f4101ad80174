import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { type Logger, type Runs, SyncError } from "@rollcall/sync";
import { pino } from "pino";
import { type CommandContext, say } from "../context.ts";
import { deliverAlongside, LOOK_EVERY_MS } from "../deliver-alongside.ts";
import { exitCodeOf, exitCodes, explain } from "../exit-code.ts";
import { parseWorkers } from "../workers-option.ts";

const USAGE = `Works on every run, started from the dashboard, a schedule or another machine, and on a run that failed a
while ago, until it is stopped. Delivers effects every 10 s, also during a run.
Start as many as you like, anywhere. While no run is in progress, each polls the database every 10 s.

  npx rollcall worker [--workers N]

  --workers N   pages at a time, 1 to 16 (default 4)

Needs CLERK_SECRET_KEY and POSTGRES_URL, from the environment, .env.local or .env. Logs JSON lines on stdout.
Exit: 0 stopped, 2 configuration (also a key or a permission revoked meanwhile), 3 refused: the database mirrors
another Clerk instance, 5 an unexpected error, 6 database unreachable at the start.`;

/** Works on every run that starts elsewhere, and delivers effects, until a signal. */
export async function worker(args: string[], context: CommandContext): Promise<number> {
  const options = parseOptions(args);
  if (options === "help") return say(context, process.stdout, USAGE, exitCodes.done);
  if (typeof options === "string")
    return say(context, process.stderr, `${options}\n\n${USAGE}`, exitCodes.configuration);

  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
  const logger = pino({ base: null });
  try {
    await using mirror = await context.open({ logger });
    const { runs, effects } = mirror.rollcall;
    const alongside = {
      signal: stop.signal,
      onFailure: ({ code, hint, message }: SyncError) => logger.warn({ event: "effects_wait", code, hint }, message),
    };
    await deliverAlongside(effects, alongside, () => workOnRuns(runs, { ...options, signal: stop.signal }, logger));
    return exitCodes.done;
  } catch (error) {
    return say(context, process.stderr, explain(error), exitCodeOf(error));
  }
}

async function workOnRuns(
  runs: Runs,
  options: { workers: number; signal: AbortSignal },
  logger: Logger,
): Promise<void> {
  await runs.work(options); // at the start even if no run is in progress: this checks the key
  logger.info({ event: "worker_started" }, "waiting for runs");
  while (!options.signal.aborted) {
    await pause(LOOK_EVERY_MS, undefined, { signal: options.signal }).catch(() => {});
    if (options.signal.aborted) break;
    try {
      if (await runs.resume()) await runs.work(options);
    } catch (error) {
      if (!(error instanceof SyncError) || !error.isDatabaseAway) throw error;
      logger.warn({ event: "worker_waits", code: error.code, hint: error.hint }, error.message);
    }
  }
}

function parseOptions(args: string[]): { workers: number } | string {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      options: { workers: { type: "string", default: "4" }, help: { type: "boolean", short: "h" } },
    });
    return values.help ? "help" : { workers: parseWorkers(values.workers) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
