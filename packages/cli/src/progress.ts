import { errorCatalog, type Run } from "@rollcall/sync";
import cliProgress from "cli-progress";

/** A run's progress, for a person: a bar in a terminal, plain lines elsewhere. On stderr, because stdout is for the result. */
export interface Progress {
  joins(runId: string): void;
  show(run: Run): void;
  end(): void;
}

// In a log, one line per page would be two hundred lines for a hundred thousand users.
const PLAIN_LINE_EVERY_MS = 2_000;

export const createProgress = (stream: NodeJS.WriteStream = process.stderr): Progress =>
  stream.isTTY ? bar(stream) : plainLines(stream);

function bar(stream: NodeJS.WriteStream): Progress {
  const bar = new cliProgress.SingleBar(
    {
      stream,
      format: "{bar} {percentage} % | {value} of {total} users | {rate} a second{left}{note}",
      hideCursor: true,
      gracefulExit: false,
      forceRedraw: true,
    },
    cliProgress.Presets.shades_classic,
  );
  const pace = createPace();
  return {
    joins: (runId) => void stream.write(`${joining(runId)}\n`),
    show(run) {
      const { seen, kind } = run.report;
      if (kind === "incremental") return; // the number of changes is known only at its end
      const total = Math.max(run.total ?? 0, seen);
      if (!bar.isActive) bar.start(total, 0);
      bar.setTotal(total);
      const held = whatHolds(run);
      const { rate, left } = pace(seen, total);
      bar.update(seen, { rate, left: left ? ` | ${left} left` : "", note: held ? ` | ${held.text}` : "" });
    },
    end: () => bar.stop(),
  };
}

function plainLines(stream: NodeJS.WriteStream): Progress {
  const pace = createPace();
  let lastLine = Number.NEGATIVE_INFINITY;
  let lastSeen = -1;
  let heldSince: string | undefined;
  return {
    joins: (runId) => void stream.write(`${joining(runId)}\n`),
    show(run) {
      const held = whatHolds(run);
      if (held && held.since !== heldSince) stream.write(`${held.text}\n`);
      heldSince = held?.since;
      const { seen, kind } = run.report;
      if (run.total === null || kind === "incremental" || seen === lastSeen) return;
      if (performance.now() - lastLine < PLAIN_LINE_EVERY_MS && seen < run.total) return;
      lastLine = performance.now();
      lastSeen = seen;
      const { rate, left } = pace(seen, run.total);
      stream.write(`${seen} of ${run.total} users, ${rate} a second${left ? `, ${left} left` : ""}\n`);
    },
    end: () => {},
  };
}

const joining = (runId: string) => `Continuing the run ${runId}, which already existed.`;

/** Why the count does not grow; `since` distinguishes one reason from the next. */
function whatHolds({ pausedUntil, pausedForMs, windows }: Run): { since: string; text: string } | null {
  const open = windows.filter(({ endedAt }) => !endedAt);
  const failing = open.find(({ lastError }) => lastError)?.lastError;
  if (pausedUntil) {
    const code = failing ?? "CLERK_RATE_LIMITED";
    const text = `${code}: continuing in ${duration(Math.ceil(pausedForMs / 1_000) * 1_000)}. ${errorCatalog[code].message} ${errorCatalog[code].hint}`;
    return { since: pausedUntil.toISOString(), text };
  }
  if (failing) return { since: failing, text: `${failing}: ${errorCatalog[failing].message} Retrying.` };
  return open.some(({ pass }) => pass === "missing")
    ? { since: "missing", text: "Asking Clerk about each user who was not in its list." }
    : null;
}

/**
 * The pace since the first call. The earlier progress of a joined run does not count. `left` is null when it is unknown, and once
 * every user was seen.
 */
export function createPace() {
  const startedAt = performance.now();
  let before: number | undefined;
  return (seen: number, total: number): { rate: string; left: string | null } => {
    before ??= seen;
    const perSecond = (seen - before) / Math.max(0.001, (performance.now() - startedAt) / 1_000);
    return {
      rate: Math.round(perSecond).toLocaleString("en"),
      left: perSecond === 0 || seen >= total ? null : duration(((total - seen) / perSecond) * 1_000),
    };
  };
}

/** Milliseconds in words: 350 ms, 12 s, 3 min 20 s. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
