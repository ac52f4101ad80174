import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { CommandError } from "./commands/command-error.ts";
import { type Child, startChild } from "./process/child.ts";
import { firstFreePort } from "./process/free-port.ts";
import { repositoryRoot } from "./repository.ts";

export interface AppOptions {
  /** The first port to try. */
  port: number;
  /** Postgres and Clerk, as variables. */
  environment: Record<string, string>;
  /** Cancels the start when it resolves. */
  until: Promise<"stopped">;
}

export interface AppProcess extends Pick<Child, "exited" | typeof Symbol.asyncDispose> {
  readonly port: number;
  readonly url: string;
  readonly state: "up" | "stopped";
}

const APP = path.join(repositoryRoot, "apps", "nextjs");
const LOOK_EVERY_MS = 300;

/** Starts the app by `next dev` and waits until its home page answers. Its log goes to stderr. */
export async function startAppProcess({ port, environment, until }: AppOptions): Promise<AppProcess> {
  const free = await firstFreePort(port);
  const url = `http://localhost:${free}`;
  const child = startChild(path.join(APP, "node_modules", "next", "dist", "bin", "next"), {
    args: ["dev", APP, "--hostname", "localhost", "--port", String(free)],
    env: {
      ...process.env,
      NEXT_TELEMETRY_DISABLED: "1",
      ...environment,
      APP_ORIGIN: url,
    },
    stdio: ["pipe", process.stderr, process.stderr],
    endsWithParent: true,
  });
  const state = await Promise.race([until, answers(url, child), child.exited]);
  if (typeof state === "object") throw new CommandError("The app did not start. See its output above.");
  return { port: free, url, state, exited: child.exited, [Symbol.asyncDispose]: child[Symbol.asyncDispose] };
}

/** The first answer takes as long as the page and its styles take to compile. */
async function answers(url: string, { exited }: Child): Promise<"up"> {
  let running = true;
  void exited.then(() => {
    running = false;
  });
  while (running) {
    const response = await fetch(url, { redirect: "manual" }).catch(() => undefined);
    if (response) return "up";
    await delay(LOOK_EVERY_MS);
  }
  return new Promise(() => {}); // anything else that waits for the exit has it
}
