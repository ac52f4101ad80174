import path from "node:path";
import { createInterface } from "node:readline";
import { z } from "zod";
import { CommandError } from "./commands/command-error.ts";
import { type Child, startChild } from "./process/child.ts";
import { firstFreePort } from "./process/free-port.ts";
import { repositoryRoot } from "./repository.ts";

/** What the emulator prints. */
const linesSchema = z
  .object({
    EMULATOR_URL: z.url(),
    CLERK_SECRET_KEY: z.string(),
    ADMIN_EMAIL: z.string(),
    MEMBER_EMAIL: z.string(),
    SEED_PASSWORD: z.string(),
  })
  .catchall(z.string());

export interface EmulatorOptions {
  /** The first port to try. */
  port: number;
  /** How many users a new instance is seeded with. */
  users: number;
  /** Where instance, keys and users are stored; without it, they end with the process. */
  dataDirectory?: string;
}

export interface EmulatorProcess extends Pick<Child, "pid" | "exited" | typeof Symbol.asyncDispose> {
  readonly port: number;
  /** The variables that make an app, including its browser code, use it as Clerk, and who to sign in as. */
  readonly environment: z.infer<typeof linesSchema>;
  /** Sends every change to that address from now on, signed like Clerk's. */
  deliverWebhooksTo(url: string): Promise<void>;
}

const MAIN = path.join(repositoryRoot, "tooling", "clerk-emulator", "src", "main.ts");

/** Starts the Clerk emulator as a separate process, which also ends when this one is killed. Its log goes to stderr. */
export async function startEmulatorProcess({ port, users, dataDirectory }: EmulatorOptions): Promise<EmulatorProcess> {
  for (let candidate = await firstFreePort(port); ; ) {
    const child = startChild(MAIN, {
      args: [
        "--until-stdin-ends",
        `--port=${candidate}`,
        `--users=${users}`,
        ...(dataDirectory === undefined ? [] : [`--data=${dataDirectory}`]),
      ],
      env: process.env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    const environment = await readUntilReady(child);
    if (environment) {
      return {
        port: candidate,
        environment,
        pid: child.pid,
        exited: child.exited,
        deliverWebhooksTo: (url) => configureWebhooks(environment.EMULATOR_URL, url),
        [Symbol.asyncDispose]: child[Symbol.asyncDispose],
      };
    }
    const { code } = await child.exited;
    const next = await firstFreePort(candidate);
    if (next === candidate)
      throw new CommandError("The Clerk emulator did not start. See its output above.", code === 2 ? 2 : 1);
    candidate = next; // another process took the port meanwhile
  }
}

async function configureWebhooks(emulatorUrl: string, url: string): Promise<void> {
  const response = await fetch(`${emulatorUrl}/__control/webhooks`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ url }),
  });
  if (!response.ok)
    throw new CommandError(`The Clerk emulator refused the webhooks' address: ${await response.text()}`);
}

/** The emulator's lines; undefined if it ended before it was ready. */
function readUntilReady({ stdout }: Child): Promise<EmulatorProcess["environment"] | undefined> {
  if (!stdout) throw new Error("The emulator's output is piped.");
  const lines = createInterface({ input: stdout });
  const printed: Record<string, string> = {};
  return new Promise((resolve, reject) => {
    let ready = false;
    lines.on("line", (line) => {
      if (ready) {
        process.stderr.write(`${line}\n`);
      } else if (line === "ready") {
        ready = true;
        const parsed = linesSchema.safeParse(printed);
        if (parsed.success) resolve(parsed.data);
        else reject(new Error(`The Clerk emulator printed something unexpected.\n${z.prettifyError(parsed.error)}`));
      } else {
        const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
        if (name !== undefined && value !== undefined) printed[name] = value;
      }
    });
    lines.once("close", () => resolve(undefined));
  });
}
