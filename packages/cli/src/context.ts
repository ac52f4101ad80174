import type { Logger, Rollcall } from "@rollcall/sync";

/** What a command is given by the program that runs it: this repository's scripts, or the bin in a host. */
export interface CommandContext {
  /** The database and the Clerk instance. @throws an error with the code NOT_CONFIGURED that says what is missing */
  open(options?: OpenOptions): Promise<Opened>;
  /** The connection string for migrations. @throws an error with the code NOT_CONFIGURED that says what is missing */
  databaseUrl(): string;
  /** Texts name commands as a host calls them, `npx rollcall sync`: this puts in the names that work here. */
  phrase(text: string): string;
}

/** Wishes that a host's own rollcall file, which was opened before, does not know. */
export interface OpenOptions {
  logger?: Logger;
  /** How long one statement may take, in ms. */
  queryTimeoutMs?: number;
}

/** Rollcall, connected to nothing before it is used. Disposing of it hangs up, within a second. */
export interface Opened extends AsyncDisposable {
  rollcall: Rollcall;
}

/** A command: resolves to the process's exit code. */
export type Command = (args: string[], context: CommandContext) => Promise<number>;

/** The last word of a command, and its exit code. */
export function say({ phrase }: CommandContext, stream: NodeJS.WriteStream, text: string, exitCode: number): number {
  stream.write(`${phrase(text)}\n`);
  return exitCode;
}
