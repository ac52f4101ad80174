import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const messageSchema = z.tuple([z.unknown()]).rest(z.unknown());

/**
 * Runs a program of this folder in a process of its own, so that its memory and CPU time are its own.
 *
 * @returns what it answered
 * @throws if it ends without an answer
 */
export async function runProgram(
  name: "full-run" | "stampede",
  options: object,
  nodeOptions: readonly string[] = [],
): Promise<unknown> {
  const child = fork(fileURLToPath(new URL(`./${name}.ts`, import.meta.url)), {
    execArgv: [...nodeOptions, "--import", "tsx"],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  try {
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`The program ${name} ended with ${code} and without an answer. See its output above.`);
    });
    ended.catch(() => {});
    child.send(options); // as an argument, it may be too long
    const [answer] = messageSchema.parse(await Promise.race([once(child, "message"), ended]));
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return answer;
  } finally {
    process.removeListener("exit", kill);
  }
}
