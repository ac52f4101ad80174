import { adopt, check, migrate, sync, syncUser } from "@rollcall/cli";
import { type CommandInProcess, startInProcess } from "@rollcall/dev-stack/testing/in-process";
import { context, contextOfMigration } from "../context.ts";

/** The commands that end by themselves, as the entries beside `context.ts` run them. */
const commands = {
  "sync-all-users": (args: string[]) => sync(args, context),
  "sync-user": (args: string[]) => syncUser(args, context),
  "sync-adopt": (args: string[]) => adopt(args, context),
  "sync-check": (args: string[]) => check(args, context),
  migrate: (args: string[]) => migrate(args, contextOfMigration),
};

/** Starts a command in this process, with only this environment. One at a time. */
export const startCommand = (
  name: keyof typeof commands,
  args: string[],
  environment: Record<string, string>,
): CommandInProcess => startInProcess(() => commands[name](args), environment);

/** Runs a command to its end, in this process. */
export const runCommand = (...command: Parameters<typeof startCommand>): CommandInProcess["ended"] =>
  startCommand(...command).ended;
