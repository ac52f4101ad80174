import { SyncError } from "@rollcall/sync";
import type { CommandContext } from "../context.ts";
import { databaseUrl } from "./database-url.ts";
import { readEnvFiles } from "./env-files.ts";
import { findRollcallFile } from "./find-rollcall-file.ts";
import { loadRollcall } from "./load-rollcall.ts";

/** The commands over a host's own rollcall file. Its clients stay open: the end of the process closes them. */
export function hostContext(folder: string, file: string | undefined): CommandContext {
  readEnvFiles(folder);
  return {
    open: async () => ({
      rollcall: await loadRollcall(findRollcallFile(folder, file)),
      [Symbol.asyncDispose]: async () => {},
    }),
    databaseUrl: () => databaseUrl(),
    phrase: (text) => text,
  };
}

/**
 * Takes `--file F` out of the arguments: every command has it.
 *
 * @throws SyncError NOT_CONFIGURED if the file's name is missing
 */
export function takeFileOption(args: string[]): { file: string | undefined; args: string[] } {
  const at = args.findIndex((arg) => arg === "--file" || arg.startsWith("--file="));
  if (at === -1) return { file: undefined, args };
  const isSplit = args[at] === "--file";
  const file = isSplit ? args[at + 1] : args[at]?.slice("--file=".length);
  if (!file) throw new SyncError("NOT_CONFIGURED", "--file needs the path of your rollcall file.");
  return { file, args: args.toSpliced(at, isSplit ? 2 : 1) };
}
