import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { programFile } from "@rollcall/dev-stack/testing/program-file";
import { projectDriver } from "../open-database.ts";
import type { Mirror } from "./mirror.ts";

const CLOCK_AN_HOUR_FAST = new URL("./programs/clock-an-hour-fast.mjs", import.meta.url).href;
const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** A separate process that works on the runs in progress. */
export interface WorkerProcess extends AsyncDisposable {
  /** Kills it, as a power loss would, and waits until it is gone. */
  kill(): Promise<void>;
  /** Its exit code. */
  ended: Promise<number | null>;
}

export function startWorker(
  { host, clerk }: Mirror,
  { apiUrl = clerk.url, workers = 4, clockAnHourFast = false } = {},
): WorkerProcess {
  const loaders = clockAnHourFast ? ["--import", CLOCK_AN_HOUR_FAST] : [];
  const child = spawn(process.execPath, [...loaders, programFile("run-worker")], {
    cwd: ROOT,
    env: {
      PATH: process.env.PATH,
      DRIVER: projectDriver(),
      DATABASE_URL: host.url,
      CLERK_API_URL: apiUrl,
      CLERK_SECRET_KEY: clerk.secretKey,
      WORKERS: String(workers),
    },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = once(child, "exit").then(() => child.exitCode);
  const kill = async () => {
    child.kill("SIGKILL");
    await ended;
  };
  return { kill, ended, [Symbol.asyncDispose]: kill };
}
