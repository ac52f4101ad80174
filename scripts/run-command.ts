import { exitCodes, explain } from "./exit-code.ts";
import { HANG_UP_MS } from "./open-rollcall.ts";

/**
 * Runs a command to its end; what it resolves to is the process's exit code. An error that nobody caught ends the process
 * with 5, not with Node's own 1, which would say that some users failed.
 */
export async function runCommand(main: (args: string[]) => Promise<number>): Promise<void> {
  process.on("uncaughtException", crash);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") crash(error); // where nobody reads any more, as behind `| head`, the work goes on
    });
  }
  process.exitCode = await main(process.argv.slice(2));
  // A connection that fell silent stays open until its other side says goodbye.
  setTimeout(() => process.exit(), HANG_UP_MS).unref();
}

function crash(error: unknown): void {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(exitCodes.failed);
}
