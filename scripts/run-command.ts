import { exitCodes, explain } from "./exit-code.ts";
import { HANG_UP_MS } from "./open-rollcall.ts";

/**
 * Runs a command to its end. Its result is the process's exit code. An uncaught error ends the process with 5, not with Node's
 * own 1, which would mean that some users failed.
 */
export async function runCommand(main: (args: string[]) => Promise<number>): Promise<void> {
  process.on("uncaughtException", crash);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") crash(error); // if the reader has closed the pipe, such as `| head`, the work continues
    });
  }
  process.exitCode = await main(process.argv.slice(2));
  // A silent connection stays open until its other side closes it.
  setTimeout(() => process.exit(), HANG_UP_MS).unref();
}

function crash(error: unknown): void {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(exitCodes.failed);
}
