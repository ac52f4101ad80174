import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { type Child, startChild } from "@rollcall/dev-stack/child";
import { firstFreePort } from "@rollcall/dev-stack/free-port";
import { waitUntil } from "@rollcall/dev-stack/wait-until";

const ROOT = new URL("../../../", import.meta.url);
const APP = fileURLToPath(new URL("apps/nextjs/", ROOT));
const STARTS_WITHIN_MS = 60_000;
const KEPT_OUTPUT = 50_000_000; // characters

/** A process of the application. */
export interface Program extends AsyncDisposable {
  /** What it has written to stdout and stderr so far. */
  output(): string;
  /** The most memory it ever had, in MiB, as the operating system counts it (Linux only). */
  peakMemory(): Promise<number>;
  /** Ends it as a power loss would. */
  kill(): Promise<void>;
  exited: Child["exited"];
}

export interface App extends Program {
  /** Its origin. */
  url: string;
  /** Kills it as a power loss would, and starts it again on its port. */
  restart(): Promise<void>;
}

function start(file: string, args: string[], environment: Record<string, string>): Program {
  const child = startChild(file, {
    args,
    env: { PATH: process.env.PATH, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...environment },
    stdio: ["pipe", "pipe", "pipe"],
    endsWithParent: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
    });
  }
  let peak = 0;
  /** Of a process that has ended: as of when it was last asked. */
  async function peakMemory(): Promise<number> {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
    if (kibibytes !== undefined) peak = Math.round(Number(kibibytes) / 1_024);
    return peak;
  }
  return {
    output: () => output,
    peakMemory,
    async kill() {
      await peakMemory();
      await child.stop("SIGKILL");
    },
    exited: child.exited,
    [Symbol.asyncDispose]: child[Symbol.asyncDispose],
  };
}

/** Where the next app will listen: its origin must be known before it starts, and to the other apps. */
export const freePort = (): Promise<number> => firstFreePort(0);

/** Starts the built app, and waits until it answers, whatever it answers: Clerk or the database may be down. */
export async function startApp(port: number, environment: Record<string, string>): Promise<App> {
  const url = `http://localhost:${port}`;
  const next = createRequire(`${APP}package.json`).resolve("next/dist/bin/next");
  const args = ["start", APP, "--hostname", "localhost", "--port", String(port)];
  async function run(): Promise<Program> {
    const app = start(next, args, environment);
    if (await answers(url, app)) return app;
    await app.kill();
    throw new Error(`The app did not start. Build it first: pnpm build. Its output:\n${app.output()}`);
  }
  let app = await run();
  let earlier = { output: "", peak: 0 };
  const peakMemory = async () => Math.max(earlier.peak, await app.peakMemory());
  const output = () => earlier.output + app.output();
  return {
    url,
    output,
    peakMemory,
    kill: () => app.kill(),
    async restart() {
      earlier = { output: output(), peak: await peakMemory() };
      await app.kill();
      app = await run();
    },
    get exited() {
      return app.exited;
    },
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

async function answers(url: string, app: Program): Promise<boolean> {
  const isUp = () =>
    fetch(`${url}/api/health`).then(
      () => true,
      () => false,
    );
  return Promise.race([waitUntil(isUp, STARTS_WITHIN_MS), app.exited.then(() => false)]);
}

/** Runs one of the commands to its end. @returns its exit code */
export async function runCommand(
  name: string,
  args: string[],
  environment: Record<string, string>,
): Promise<number | null> {
  const command = start(fileURLToPath(new URL(`scripts/${name}.ts`, ROOT)), args, environment);
  const { code } = await command.exited;
  if (code !== 0) process.stderr.write(command.output());
  return code;
}

/** Starts a worker. It works on the run in progress as soon as it can, and then waits for further ones. */
export const startWorker = (environment: Record<string, string>): Program =>
  start(fileURLToPath(new URL("scripts/worker.ts", ROOT)), [], environment);
