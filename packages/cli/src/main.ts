import { existsSync, readFileSync } from "node:fs";
import { z } from "zod/v4";
import { adopt } from "./commands/adopt.ts";
import { check } from "./commands/check.ts";
import { effects } from "./commands/effects.ts";
import { migrate } from "./commands/migrate.ts";
import { sync } from "./commands/sync.ts";
import { syncUser } from "./commands/sync-user.ts";
import { worker } from "./commands/worker.ts";
import type { Command } from "./context.ts";
import { exitCodeOf, exitCodes, explain } from "./exit-code.ts";
import { hostContext, takeFileOption } from "./host/host-context.ts";
import { init } from "./init/init.ts";

/** Every command: a new one needs a line here. */
const commands: Record<string, { summary: string; run: Command }> = {
  init: { summary: "writes the files that a Next.js app needs for Rollcall", run: (args) => init(args) },
  migrate: { summary: "creates or updates Rollcall's tables", run: migrate },
  check: { summary: "says what is wrong with this setup, and how to fix it", run: check },
  adopt: {
    summary: "links existing rows to Clerk's users, or changes the Clerk instance that the database mirrors",
    run: adopt,
  },
  sync: { summary: "syncs all users, or all changes", run: sync },
  "sync-user": { summary: "syncs one user", run: syncUser },
  worker: { summary: "works on every run that starts elsewhere, and delivers effects", run: worker },
  effects: { summary: "shows and retries what handlers of effects still have to do", run: effects },
};

const USAGE = `Keeps your own Postgres in sync with your Clerk users.

  npx rollcall <command> [options]

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join("\n")}
  help       the options of a command: npx rollcall help sync

  --file F   your rollcall file, which exports \`rollcall\` (default: src/server/rollcall.ts, src/lib/rollcall.ts,
             server/rollcall.ts, lib/rollcall.ts or rollcall.ts); migrate needs none
  --version  the version of the package

Reads .env.local and .env; what the environment already sets wins.`;

/** Runs the command that the arguments name, in the current folder. @returns the exit code */
export async function main(argv: string[]): Promise<number> {
  try {
    const { file, args } = takeFileOption(argv);
    return await run(args, file);
  } catch (error) {
    return print(process.stderr, explain(error), exitCodeOf(error));
  }
}

async function run([name = "help", ...args]: string[], file: string | undefined): Promise<number> {
  if (name === "--version" || name === "-v") return print(process.stdout, version(), exitCodes.done);
  if (name === "help" || name === "--help" || name === "-h") {
    const [asked] = args;
    return asked === undefined ? print(process.stdout, USAGE, exitCodes.done) : run([asked, "--help"], file);
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return print(process.stderr, `There is no command ${name}.\n\n${USAGE}`, exitCodes.configuration);
  return command.run(args, hostContext(process.cwd(), file));
}

function print(stream: NodeJS.WriteStream, text: string, exitCode: number): number {
  stream.write(`${text}\n`);
  return exitCode;
}

/** Of the package that this file belongs to. */
function version(folder = new URL(".", import.meta.url)): string {
  const file = new URL("package.json", folder);
  if (!existsSync(file)) return version(new URL("..", folder));
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(file, "utf8"))).version;
}
