import { spawn } from "node:child_process";
import { repositoryRoot } from "../src/repository.ts";

export interface Ending {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A command as a separate process, as a person at a terminal runs it. Stopped at the end of the test. */
export interface Program extends AsyncDisposable {
  /** The KEY=value lines of its output, once it is ready. Rejects if it ends before. */
  readonly ready: Promise<Record<string, string>>;
  /** Resolves once it has ended, and any other process that writes to its terminal. */
  readonly ended: Promise<Ending>;
  kill(signal: NodeJS.Signals): void;
}

/** Set to empty: otherwise a developer's own values would apply, including those in .env. */
const UNSET = {
  POSTGRES_URL: "",
  POSTGRES_URL_NON_POOLING: "",
  CLERK_SECRET_KEY: "",
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "",
};

/** Runs `node <words>` in this repository's folder. */
export function run(words: string[], environment: Record<string, string> = {}): Program {
  const child = spawn(process.execPath, words, {
    cwd: repositoryRoot,
    env: { ...process.env, ...UNSET, NO_COLOR: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const ended = new Promise<Ending>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  const ready = new Promise<Record<string, string>>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      stdout += chunk;
      if (stdout.endsWith("\nready\n")) resolve(readLines(stdout));
    });
    void ended.then(() => reject(new Error(`It ended before it was ready. Its output:\n${stderr}`)));
  });
  ready.catch(() => {}); // not every test waits for it
  return {
    ready,
    ended,
    kill: (signal) => void child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** @throws if one of them is not KEY=value */
function readLines(stdout: string): Record<string, string> {
  const lines = stdout.split("\n").slice(0, -2);
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([A-Z_]+)=(\S+)$/.exec(line) ?? [];
      if (name === undefined || value === undefined) throw new Error(`Not KEY=value: ${line}`);
      return [name, value];
    }),
  );
}
