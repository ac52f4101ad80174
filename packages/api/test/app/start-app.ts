import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { programFile } from "@rollcall/dev-stack/testing/program-file";
import { createTRPCClient, httpBatchLink, type TRPCClient } from "@trpc/client";
import superjson from "superjson";
import { z } from "zod/v4";
import type { AppRouter } from "../../src/index.ts";
import type { Clerk } from "./clerk.ts";

/** The application as a separate process, with only the given environment. */
export interface App extends AsyncDisposable {
  url: string;
  /** A typed client, with a session token as Bearer. */
  trpc(token?: string): TRPCClient<AppRouter>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The lines of JSON on stdout so far. */
  log(): LogLine[];
  /** Everything it has written to stdout and stderr so far. */
  output(): string;
}

export type LogLine = Record<string, unknown>;

/** The origin that the emulator's sessions are made for. */
export const ORIGIN = "http://localhost:3000";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const lineSchema = z.record(z.string(), z.unknown());

/** @param settings more variables; undefined unsets one */
export async function startApp(
  clerk: Clerk,
  databaseUrl: string,
  settings: Record<string, string | undefined> = {},
): Promise<App> {
  const environment = {
    PATH: process.env.PATH,
    NODE_ENV: "production",
    POSTGRES_URL: databaseUrl,
    CLERK_SECRET_KEY: clerk.secretKey,
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: clerk.publishableKey,
    CLERK_API_URL: clerk.url,
    CLERK_WEBHOOK_SIGNING_SECRET: clerk.webhookSigningSecret,
    APP_ORIGIN: ORIGIN,
    ...settings,
  };
  const child = fork(programFile("api-app"), { cwd: root, env: environment, execArgv: [], silent: true });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
  });
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const output = () => stdout + stderr;
  const url = `http://127.0.0.1:${await portOf(child, output)}`;

  return {
    url,
    output,
    log: () => stdout.split("\n").flatMap((line) => (line === "" ? [] : [lineSchema.parse(JSON.parse(line))])),
    fetch: (path, init) => fetch(`${url}${path}`, init),
    trpc: (token) =>
      createTRPCClient<AppRouter>({
        links: [
          httpBatchLink({
            url: `${url}/api/trpc`,
            transformer: superjson,
            headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
          }),
        ],
      }),
    async [Symbol.asyncDispose]() {
      const closed = once(child, "close");
      child.kill();
      await closed;
    },
  };
}

async function portOf(child: ChildProcess, output: () => string): Promise<number> {
  const ended = once(child, "close").then(() => {
    throw new Error(`the application did not start:\n${output()}`);
  });
  ended.catch(() => {});
  const [message] = await Promise.race([once(child, "message"), ended]);
  return z.object({ port: z.number() }).parse(message).port;
}
