import { readdirSync, readFileSync } from "node:fs";

// Linux counts CPU time in hundredths of a second, on every architecture: USER_HZ in `man 5 proc`.
const TICK_MS = 10;

interface ProcessTimes {
  parent: number;
  ownMs: number;
  /** Of its children that have ended. */
  endedMs: number;
}

/** The CPU time of a process and its descendants since their start, in ms; null where there is no /proc. */
export function cpuMs(pid: number | undefined): number | null {
  if (pid === undefined || process.platform !== "linux") return null;
  const all = new Map(
    readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const times = read(Number(name));
        return times ? [[Number(name), times] as const] : [];
      }),
  );
  const sum = (one: number): number => {
    const times = all.get(one);
    const children = [...all].flatMap(([child, { parent }]) => (parent === one ? [child] : []));
    return (times ? times.ownMs + times.endedMs : 0) + children.reduce((total, child) => total + sum(child), 0);
  };
  return sum(pid);
}

export function parentOf(pid: number): number | undefined {
  return process.platform === "linux" ? read(pid)?.parent : undefined;
}

/** undefined if the process has ended meanwhile. */
function read(pid: number): ProcessTimes | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field is a name in brackets, and may hold spaces.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [, parent = 0] = fields;
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return { parent, ownMs: (user + system) * TICK_MS, endedMs: (endedUser + endedSystem) * TICK_MS };
}

/** What a process and its descendants use while the work is done. */
export async function cpuOf<T>(
  pids: readonly (number | undefined)[],
  work: () => Promise<T>,
): Promise<{ done: T; usedMs: (number | null)[] }> {
  const before = pids.map(cpuMs);
  const done = await work();
  const usedMs = pids.map((pid, index) => {
    const after = cpuMs(pid);
    const since = before[index] ?? null;
    return after === null || since === null ? null : after - since;
  });
  return { done, usedMs };
}
