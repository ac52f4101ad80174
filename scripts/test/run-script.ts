import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Script {
  process: ChildProcess;
  /** What it has said so far. */
  stdout(): string;
  stderr(): string;
  ended: Promise<Ended>;
}

/** Starts a command, with nothing but this environment. */
export function startScript(name: string, args: string[], environment: Record<string, string>): Script {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", fileURLToPath(new URL(`../${name}.ts`, import.meta.url)), ...args],
    {
      cwd: fileURLToPath(new URL("..", import.meta.url)),
      env: { PATH: process.env.PATH ?? "", ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  }
  const ended = once(child, "close").then(() => ({ code: child.exitCode, ...said }));
  return { process: child, stdout: () => said.stdout, stderr: () => said.stderr, ended };
}

/** Runs a command to its end. */
export const runScript = (...command: Parameters<typeof startScript>): Promise<Ended> => startScript(...command).ended;

/** What `--json` prints last. */
export const lastLine = (stdout: string) => JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
