import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startChild } from "@rollcall/dev-stack/child";
import { firstFreePort } from "@rollcall/dev-stack/free-port";
import { type Clerk, ORIGIN } from "./clerk.ts";

const HOST = fileURLToPath(new URL("../host", import.meta.url));
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const NEXT = createRequire(import.meta.url).resolve("next/dist/bin/next");
const LOOK_EVERY_MS = 100;

/** The app in `host`, built and served by Next as in production. */
export interface HostApp extends AsyncDisposable {
  pid: number | undefined;
  url: string;
}

/** @param databaseUrl the database of all its routes */
export async function startHostApp(databaseUrl: string, clerk: Clerk): Promise<HostApp> {
  if (!isBuilt()) {
    const { code } = await next(["build", HOST], process.env).exited;
    if (code !== 0) throw new Error("The app of the bench was not built. See its output above.");
  }
  const port = await firstFreePort(0);
  const app = next(["start", HOST, "--hostname", "127.0.0.1", "--port", `${port}`], {
    ...process.env,
    ...clerk.environment,
    POSTGRES_URL: databaseUrl,
    APP_ORIGIN: ORIGIN,
  });
  const url = `http://127.0.0.1:${port}`;
  let ended = false;
  void app.exited.then(() => {
    ended = true;
  });
  while (!(await fetch(url).catch(() => undefined))) {
    if (ended) throw new Error("The app of the bench did not start. See its output above.");
    await pause(LOOK_EVERY_MS);
  }
  return { pid: app.pid, url, [Symbol.asyncDispose]: app[Symbol.asyncDispose] };
}

/** Whether nothing that the build reads has changed since. */
function isBuilt(): boolean {
  const builtAt = changedAt(path.join(HOST, ".next", "BUILD_ID"));
  const folders = ["packages", "tooling/bench/host", "tooling/bench/src/contenders"];
  const sources = folders.flatMap((folder) => filesBelow(path.join(ROOT, folder)));
  return [path.join(ROOT, "pnpm-lock.yaml"), ...sources].every((file) => changedAt(file) < builtAt);
}

/** The sources in a folder: what is installed or built is left out. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory())
      return ["node_modules", ".next", "dist", "test"].includes(entry.name) ? [] : filesBelow(file);
    return /\.(ts|json)$/.test(entry.name) && entry.name !== "next-env.d.ts" ? [file] : [];
  });
}

/** In ms; 0 if there is no such file. */
const changedAt = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

const next = (args: string[], env: NodeJS.ProcessEnv) =>
  startChild(NEXT, {
    args,
    env: { ...env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    stdio: ["pipe", "ignore", "inherit"],
    endsWithParent: true,
  });
