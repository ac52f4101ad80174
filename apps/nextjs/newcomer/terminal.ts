import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";

/** A command in its own terminal, as a person runs it. */
export interface Terminal {
  /** The text on the screen so far, without colours. */
  screen(): string;
  /** Whether the command has ended. */
  ended(): boolean;
  pressCtrlC(): void;
}

/** Runs it with `script`, which provides a pseudo terminal. Dispose presses Ctrl-C, then kills what is left. */
export function openTerminal(command: string, folder: string): Terminal & AsyncDisposable {
  const script = spawn("script", ["-qfc", command, "/dev/null"], { cwd: folder, env: newcomersEnvironment() });
  const exit = once(script, "exit");
  let said = "";
  for (const stream of [script.stdout, script.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  }
  script.stdin.on("error", () => {}); // it has ended
  const ended = () => script.exitCode !== null || script.signalCode !== null;
  const pressCtrlC = () => void script.stdin.write("\x03");
  return {
    screen: () => stripVTControlCharacters(said),
    ended,
    pressCtrlC,
    async [Symbol.asyncDispose]() {
      for (const pid of ended() ? [] : processesOf(folder)) kill(pid);
      script.kill();
      await exit;
    },
  };
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {} // it ended meanwhile
}

// Removed from this shell's environment: what pnpm set for the script that runs this test (such as: install nothing), and a
// developer's own database and Clerk.
const NOT_A_NEWCOMERS =
  /^(npm_|pnpm_|PNPM_|INIT_CWD$|NODE_(ENV|OPTIONS|PATH)$|POSTGRES_|CLERK_|NEXT_|ADMIN_EMAIL$|APP_ORIGIN$|CRON_SECRET$|TEST_|PW_|PLAYWRIGHT_|FORCE_COLOR$|NO_COLOR$)/;

function newcomersEnvironment(): NodeJS.ProcessEnv {
  const onPath = (process.env.PATH ?? "").split(path.delimiter).filter((entry) => !entry.includes("node_modules"));
  const environment: NodeJS.ProcessEnv = { ...process.env, PATH: onPath.join(path.delimiter) };
  for (const name of Object.keys(environment)) if (NOT_A_NEWCOMERS.test(name)) delete environment[name];
  return environment;
}

/** All processes that were started in a folder or on its files, including orphans. Uses `/proc`, so it works only on Linux. */
export function processesOf(folder: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => ["cmdline", "environ"].some((file) => read(pid, file).includes(folder))).map(Number);
}

/** Empty if the process has ended. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
