import { type StdioOptions, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { repositoryRoot } from "../repository.ts";
import { waitUntil } from "./wait-until.ts";

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A process of ours and all its descendants. */
export interface Child extends AsyncDisposable {
  /** The first process of the group; undefined if it did not start. */
  readonly pid: number | undefined;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  readonly exited: Promise<Exit>;
  /** Asks all of them to end, kills them after a while, and resolves when they have ended. Does nothing if it already ended. */
  stop(signal?: NodeJS.Signals): Promise<Exit>;
}

export interface ChildOptions {
  args?: string[];
  env: NodeJS.ProcessEnv;
  stdio: StdioOptions;
  /** Ends it when this process is killed, through a piped stdin; for a program that does not do so itself. */
  endsWithParent?: boolean;
}

const PATIENCE_MS = 10_000;
const END_WITH_PARENT = fileURLToPath(new URL("./end-with-parent.mjs", import.meta.url));

/** Runs a file of this repository with Node as a separate process; TypeScript with tsx. */
export function startChild(file: string, { args = [], env, stdio, endsWithParent = false }: ChildOptions): Child {
  const loader = file.endsWith(".ts") ? ["--import", "tsx"] : [];
  const program = endsWithParent ? [END_WITH_PARENT, file] : [file];
  const child = spawn(process.execPath, [...loader, ...program, ...args], {
    cwd: repositoryRoot,
    env,
    stdio,
    // A separate group: Ctrl-C in a terminal reaches only the launcher, which decides the order of the stops.
    detached: true,
  });
  /** Whether a process of the group got the signal. */
  const signalGroup = (signal: NodeJS.Signals | 0): boolean => {
    try {
      return child.pid !== undefined && process.kill(-child.pid, signal);
    } catch {
      return false;
    }
  };
  const killGroup = () => signalGroup("SIGKILL");
  process.once("exit", killGroup);
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      process.removeListener("exit", killGroup);
      killGroup(); // its leftovers
      void waitUntil(() => !signalGroup(0), PATIENCE_MS).then(() => resolve({ code, signal }));
    });
  });

  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    if (child.exitCode === null && child.signalCode === null) signalGroup(signal);
    const insisting = new AbortController();
    void delay(PATIENCE_MS, undefined, { signal: insisting.signal }).then(killGroup, () => {});
    const exit = await exited;
    insisting.abort();
    return exit;
  };
  return {
    pid: child.pid,
    stdout: child.stdout,
    stderr: child.stderr,
    exited,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  };
}
