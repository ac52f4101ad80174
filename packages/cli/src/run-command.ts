import { exitCodes, explain } from "./exit-code.ts";

/**
 * Runs a command to its end. Its result is the process's exit code. An uncaught error ends the process with 5, not with Node's
 * own 1, which would mean that some users failed.
 */
export async function runCommand(main: () => Promise<number>): Promise<never> {
  process.on("uncaughtException", crash);
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") crash(error); // if the reader has closed the pipe, such as `| head`, the work continues
    });
  }
  process.exitCode = await main();
  await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
  // A silent connection stays open until its other side closes it.
  process.exit();
}

/** A pipe takes in the background what was written to it, and an exit would cut that off. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.write("", () => resolve());
  });

function crash(error: unknown): void {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(exitCodes.failed);
}
