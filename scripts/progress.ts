import type { RunReport, SyncError } from "@rollcall/sync";
import cliProgress from "cli-progress";

/** Where a run stands, for a person: a bar in a terminal, plain lines elsewhere. On stderr, so that stdout is the result's. */
export interface Progress {
  show(report: RunReport, total: number): void;
  pause(error: SyncError, ms: number): void;
  end(): void;
}

// In a log a line a page would be two hundred for a hundred thousand users.
const PLAIN_LINE_EVERY_MS = 2_000;

export const createProgress = (stream: NodeJS.WriteStream = process.stderr): Progress =>
  stream.isTTY ? bar(stream) : plainLines(stream);

function bar(stream: NodeJS.WriteStream): Progress {
  const bar = new cliProgress.SingleBar(
    {
      stream,
      format: "{bar} {percentage} % | {value} of {total} users | {rate} a second | {left} left{note}",
      hideCursor: true,
      gracefulExit: false,
      forceRedraw: true,
    },
    cliProgress.Presets.shades_classic,
  );
  const pace = createPace();
  return {
    show(report, total) {
      if (!bar.isActive) bar.start(Math.max(total, report.seen), 0);
      bar.setTotal(Math.max(total, report.seen));
      bar.update(report.seen, { ...pace(report.seen, total), note: "" });
    },
    pause: (error, ms) => bar.update({ note: ` | ${pausing(error, ms)}` }),
    end: () => bar.stop(),
  };
}

function plainLines(stream: NodeJS.WriteStream): Progress {
  const pace = createPace();
  let lastLine = Number.NEGATIVE_INFINITY;
  let lastSeen = -1;
  return {
    show(report, total) {
      if (report.seen === lastSeen || (performance.now() - lastLine < PLAIN_LINE_EVERY_MS && report.seen < total))
        return;
      lastLine = performance.now();
      lastSeen = report.seen;
      const { rate, left } = pace(report.seen, total);
      stream.write(`${report.seen} of ${total} users, ${rate} a second, ${left} left\n`);
    },
    pause: (error, ms) => stream.write(`${pausing(error, ms)}\n`),
    end: () => {},
  };
}

const pausing = ({ code, hint }: SyncError, ms: number) => `${code}: going on in ${duration(ms)}. ${hint}`;

function createPace() {
  const startedAt = performance.now();
  return (seen: number, total: number): { rate: string; left: string } => {
    const perSecond = seen / Math.max(0.001, (performance.now() - startedAt) / 1_000);
    return {
      rate: Math.round(perSecond).toLocaleString("en"),
      left: seen === 0 ? "?" : duration((Math.max(0, total - seen) / perSecond) * 1_000),
    };
  };
}

/** Milliseconds as a person says them: 350 ms, 12 s, 3 min 20 s. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
