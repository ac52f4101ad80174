import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort, run, startApp, stop } from "./app-process.ts";
import { sendWebhooksTo } from "./stack.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const STACK = "tooling/dev-stack/src/commands/stack.ts"; // what `pnpm stack` runs
const USERS = 1_200;
const APP_PORT = 3_000; // to which the stack adds its offset

/**
 * Boots Postgres, Clerk's emulator and the built app, each fresh, and puts what they print into this process's environment.
 *
 * @returns a function that stops them
 */
export async function startStack(): Promise<() => Promise<void>> {
  const port = await freePort();
  const options = ["--users", `${USERS}`, "--port-offset", `${port - APP_PORT}`];
  const stack = run(process.execPath, ["--import", "tsx", STACK, ...options], ROOT);
  try {
    Object.assign(process.env, await environmentOf(stack));
    const app = await startApp(port);
    try {
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

/** The lines KEY=value that the stack prints before it is ready. */
async function environmentOf(stack: ChildProcess): Promise<Record<string, string>> {
  if (!stack.stdout) throw new Error("The stack's output is piped.");
  const environment: Record<string, string> = {};
  for await (const line of createInterface({ input: stack.stdout })) {
    if (line === "ready") return environment;
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) environment[name] = value;
  }
  throw new Error("The stack ended before it was ready. See its output above.");
}
