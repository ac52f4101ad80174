import { inspectProcess } from "./inspect-process.ts";

const RUNNER = /^(npm|npx|pnpm) |^\S*node \S*\/((npm|npx|pnpm|tsx)(-cli)?(\.c?js)?|tsx\/dist\/cli\.mjs) /;
const SHELL = /^\S*sh -c /;

interface Link {
  pid: number;
  parentPid: number;
}

/** From this process upwards: the processes that started it for `npx`, `pnpm` or `tsx`, including shells in between. */
function runnersAbove(): Link[] {
  const runners: Link[] = [];
  let shells: Link[] = [];
  for (let pid = process.pid; ; ) {
    const parentPid = inspectProcess(pid)?.parentPid;
    const commandLine = parentPid === undefined ? undefined : inspectProcess(parentPid)?.commandLine;
    if (parentPid === undefined || commandLine === undefined) return runners;
    if (RUNNER.test(commandLine)) {
      runners.push(...shells, { pid, parentPid });
      shells = [];
    } else if (SHELL.test(commandLine)) {
      shells.push({ pid, parentPid }); // counts only below a runner: the shell on top is the user's own
    } else {
      return runners;
    }
    pid = parentPid;
  }
}

const LOOK_EVERY_MS = 300;

/**
 * Resolves when one of the runners has ended. They don't forward SIGTERM: `kill` of the process that the user started, pnpm, ends
 * only pnpm and the shell below it.
 */
export function runnerEnded(): Promise<void> {
  const runners = runnersAbove();
  return new Promise((resolve) => {
    const looking = setInterval(() => {
      if (runners.every(({ pid, parentPid }) => inspectProcess(pid)?.parentPid === parentPid)) return;
      clearInterval(looking);
      resolve();
    }, LOOK_EVERY_MS).unref();
  });
}
