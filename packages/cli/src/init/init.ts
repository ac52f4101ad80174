import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { exitCodes } from "../exit-code.ts";
import { detect } from "./host.ts";
import { makePlan, type Plan } from "./plan.ts";
import { printDiff, printSteps } from "./print-plan.ts";
import { readFiles } from "./read-files.ts";

const USAGE = `Writes the files by which a Next.js app uses Rollcall: one file, one route, and a few lines in files of yours.
Shows what it would change first. Never writes over a file of yours, and never touches the database.

  npx rollcall init [--dry-run] [--yes]

  --dry-run   show the changes, and write nothing
  --yes       write without asking

Exit: 0 done or nothing to do, 1 nothing written, 2 unknown option or no Next.js app here.`;

const NOT_WRITTEN = 1;

/** The terminal and the folder that the command runs in. */
export interface InitContext {
  /** The host's root. */
  root: string;
  write(text: string): void;
  writeError(text: string): void;
  /** Asks a person; null without a terminal. */
  ask: ((question: string) => Promise<boolean>) | null;
}

/** Mounts Rollcall in the host whose root is the current folder. @returns the exit code */
export async function init(args: string[], context: InitContext = terminal()): Promise<number> {
  const { root, write, writeError, ask } = context;
  const options = parseOptions(args);
  if (typeof options === "string") {
    writeError(`${options}\n\n${USAGE}\n`);
    return exitCodes.configuration;
  }
  if (options.help) {
    write(`${USAGE}\n`);
    return exitCodes.done;
  }
  const files = readFiles(root);
  const host = detect(files);
  if (!host.dependencies.has("next")) {
    writeError("There is no Next.js app in this folder: no package.json that depends on next.\n");
    return exitCodes.configuration;
  }
  const plan = makePlan(files, host);
  const diff = printDiff(files, plan);
  const steps = printSteps(plan, host.orm?.name === "prisma");
  if (diff === "") {
    write(`Nothing to write: this app has its files already.\n\n${steps}\n`);
    return exitCodes.done;
  }
  write(`${diff}\n`);
  if (options.dryRun) {
    write(`Dry run: nothing was written.\n\n${steps}\n`);
    return exitCodes.done;
  }
  if (!options.yes && ask === null) {
    writeError("Nothing was written: there is no terminal to ask. Run it again with --yes.\n");
    return NOT_WRITTEN;
  }
  if (!options.yes && !(await ask?.("Write these changes?"))) {
    writeError("Nothing was written.\n");
    return NOT_WRITTEN;
  }
  writeEdits(root, plan);
  write(`${steps}\n`);
  return exitCodes.done;
}

function writeEdits(root: string, { edits }: Plan): void {
  for (const edit of edits) {
    if (edit.kind !== "create" && edit.kind !== "change") continue;
    const target = join(root, edit.path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, edit.text, { flag: edit.kind === "create" ? "wx" : "w" });
  }
}

function parseOptions(args: string[]): { dryRun: boolean; yes: boolean; help: boolean } | string {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      options: {
        "dry-run": { type: "boolean", default: false },
        yes: { type: "boolean", short: "y", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    return { dryRun: values["dry-run"], yes: values.yes, help: values.help };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const terminal = (): InitContext => ({
  root: process.cwd(),
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
  ask: process.stdin.isTTY ? askTerminal : null,
});

async function askTerminal(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
