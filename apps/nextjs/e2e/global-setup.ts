import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sendWebhooksTo } from "./stack.ts";

const APP = fileURLToPath(new URL("..", import.meta.url));
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const NEXT = fileURLToPath(new URL("../node_modules/next/dist/bin/next", import.meta.url));
const USERS = 1_200;
const APP_PORT = 3_000; // to which the stack adds its offset
const LOOK_EVERY_MS = 100;

/** Boots Postgres, Clerk's emulator and the built app, each fresh, and stops them after the last test. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const port = await freePort();
  const stack = run("pnpm", ["--silent", "stack", "--users", `${USERS}`, "--port-offset", `${port - APP_PORT}`], ROOT);
  try {
    Object.assign(process.env, await environmentOf(stack));
    const app = run(process.execPath, [NEXT, "start", "--hostname", "localhost", "--port", `${port}`], APP);
    try {
      await answers(`http://localhost:${port}/api/health`, app);
      await sendWebhooksTo(`http://localhost:${port}/api/webhooks/clerk`);
    } catch (error) {
      await stop(app);
      throw error;
    }
    return async () => {
      await stop(app);
      await stop(stack);
    };
  } catch (error) {
    await stop(stack);
    throw error;
  }
}

/** In a process group of its own, so that all of it can be stopped; at the latest when this process ends. */
function run(command: string, args: string[], cwd: string): ChildProcess {
  const child = spawn(command, args, { cwd, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  process.once("exit", () => isRunning(child) && signal(child));
  return child;
}

const isRunning = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

const signal = ({ pid }: ChildProcess): boolean => pid !== undefined && process.kill(-pid, "SIGTERM");

async function stop(child: ChildProcess): Promise<void> {
  if (!isRunning(child)) return;
  const exited = once(child, "exit");
  signal(child);
  await exited;
}

/** The lines KEY=value that the stack prints before it is ready. */
async function environmentOf(stack: ChildProcess): Promise<Record<string, string>> {
  if (!stack.stdout) throw new Error("The stack's output is piped.");
  const environment: Record<string, string> = {};
  for await (const line of createInterface({ input: stack.stdout })) {
    if (line === "ready") return environment;
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) environment[name] = value;
  }
  throw new Error("The stack ended before it was ready. What it said stands above.");
}

async function answers(url: string, app: ChildProcess): Promise<void> {
  while (isRunning(app)) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await pause(LOOK_EVERY_MS);
  }
  throw new Error("The app did not start. What it said stands above.");
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "localhost");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}
