import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { pnpmFile } from "@rollcall/dev-stack/testing/pnpm";
import { programFile } from "@rollcall/dev-stack/testing/program-file";

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Script {
  process: ChildProcess;
  /** Its output so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves once it and all its child processes have ended: the last of them closes the output. */
  ended: Promise<Ended>;
}

/** Starts a command with only this environment. */
export const startScript = (
  name: Parameters<typeof programFile>[0],
  args: string[],
  environment: Record<string, string>,
): Script => start(process.execPath, [programFile(name), ...args], environment);

/** Starts a command from its source, as `npx tsx` does. */
export const startFromSource = (name: string, args: string[], environment: Record<string, string>): Script =>
  start(process.execPath, ["--import", "tsx", `scripts/${name}.ts`, ...args], environment);

/** Starts a command by its name in package.json: the process is pnpm's. */
export const startByPnpm = (name: string, args: string[], environment: Record<string, string>): Script =>
  start(process.execPath, [pnpmFile(), "--silent", name, ...args], { HOME: process.env.HOME ?? "", ...environment });

function start(command: string, args: string[], environment: Record<string, string>): Script {
  const child = spawn(command, args, {
    cwd: fileURLToPath(new URL("../..", import.meta.url)),
    env: { PATH: process.env.PATH ?? "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
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
