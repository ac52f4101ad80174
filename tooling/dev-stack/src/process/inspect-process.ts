import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

export interface ProcessFacts {
  parentPid: number;
  /** All arguments, joined by spaces, with a trailing space. */
  commandLine: string;
}

/**
 * What the operating system knows about a process; undefined if there is none (an ended one that was not yet reaped counts as
 * none).
 */
export function inspectProcess(pid: number): ProcessFacts | undefined {
  try {
    return process.platform === "linux" ? readProc(pid) : readPs(pid);
  } catch {
    return undefined;
  }
}

function readProc(pid: number): ProcessFacts | undefined {
  const commandLine = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  const parentPid = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return commandLine === "" || parentPid === undefined ? undefined : { parentPid: Number(parentPid), commandLine };
}

function readPs(pid: number): ProcessFacts | undefined {
  const line = execFileSync("ps", ["-ww", "-o", "ppid=,state=,command=", "-p", String(pid)], { encoding: "utf8" });
  const [, parentPid, state, commandLine] = /^\s*(\d+)\s+(\S+)\s+(.*)$/m.exec(line) ?? [];
  if (parentPid === undefined || state === undefined || commandLine === undefined || state.startsWith("Z"))
    return undefined;
  return { parentPid: Number(parentPid), commandLine: `${commandLine} ` };
}
