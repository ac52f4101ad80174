import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const APP = fileURLToPath(new URL("..", import.meta.url));
const NEXT = fileURLToPath(new URL("../node_modules/next/dist/bin/next", import.meta.url));
const LOOK_EVERY_MS = 100;

/** Starts the built app, and waits until it answers. It reads this process's environment. */
export async function startApp(port: number): Promise<ChildProcess> {
  const app = run(process.execPath, [NEXT, "start", "--hostname", "localhost", "--port", `${port}`], APP);
  try {
    await answers(`http://localhost:${port}/api/health`, app);
    return app;
  } catch (error) {
    await stop(app);
    throw error;
  }
}

/** Runs a command in its own process group, so that all of it can be stopped, at the latest when this process ends. */
export function run(command: string, args: string[], cwd: string): ChildProcess {
  const child = spawn(command, args, { cwd, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => isRunning(child) && signal(child));
  return child;
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

const signal = ({ pid }: ChildProcess): boolean => pid !== undefined && process.kill(-pid, "SIGTERM");

export async function stop(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const exited = once(child, "exit");
  signal(child);
  await exited;
}

async function answers(url: string, app: ChildProcess): Promise<void> {
  while (isRunning(app)) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await pause(LOOK_EVERY_MS);
  }
  throw new Error("The app did not start. See its output above.");
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}
