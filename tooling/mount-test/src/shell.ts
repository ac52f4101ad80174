import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";

export interface ShellOptions {
  cwd: string;
  env?: Record<string, string>;
  /** The exit codes that mean success; the default is 0. */
  accept?: number[];
}

/** Runs a command to its end. @returns what it printed. @throws an error with the end of that, if it failed */
export async function run(command: string, args: string[], { cwd, env, accept = [0] }: ShellOptions): Promise<string> {
  const child = spawn(command, args, { cwd, env: cleanEnvironment(env), stdio: ["ignore", "pipe", "pipe"] });
  const output = collect(child);
  const [code] = await once(child, "close");
  if (!accept.includes(code)) {
    throw new Error(`${command} ${args.join(" ")}: exit code ${code}\n${output().split("\n").slice(-80).join("\n")}`);
  }
  return output();
}

export interface Server extends AsyncDisposable {
  output(): string;
}

/** Starts a command that keeps running, and waits for a line of its output. Disposing of it ends it and all its children. */
export async function serve(command: string, args: string[], until: RegExp, options: ShellOptions): Promise<Server> {
  const { cwd, env } = options;
  const child = spawn(command, args, {
    cwd,
    env: cleanEnvironment(env),
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const output = collect(child);
  const exited = once(child, "exit");
  const server: Server = {
    output,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) signalGroup(child, "SIGTERM");
      const isGone = await Promise.race([exited.then(() => true), pause(15_000, false, { ref: false })]);
      signalGroup(child, "SIGKILL");
      if (!isGone) await exited;
    },
  };
  const deadline = Date.now() + 180_000;
  while (!until.test(output())) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await server[Symbol.asyncDispose]();
      throw new Error(`${command} ${args.join(" ")} did not start:\n${output()}`);
    }
    await pause(100);
  }
  return server;
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {} // no process is left
}

function collect({ stdout, stderr }: ChildProcess): () => string {
  let text = "";
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

// What pnpm set for the script that runs this, and a developer's own database and Clerk: none of the host's.
const FOREIGN =
  /^(npm_|pnpm_|PNPM_|INIT_CWD$|NODE_(ENV|OPTIONS|PATH)$|POSTGRES_|DATABASE_|CLERK_|NEXT_|ADMIN_EMAIL$|APP_ORIGIN$|CRON_SECRET$|TEST_|VITEST)/;

function cleanEnvironment(own: Record<string, string> = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  return { ...Object.fromEntries(kept), NEXT_TELEMETRY_DISABLED: "1", CHECKPOINT_DISABLE: "1", ...own };
}
