import { runnerEnded } from "./package-runners.ts";

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, and when the package manager that runs the command has ended. Later signals are
 * ignored: a Ctrl-C often arrives twice, from the terminal and from the package manager, and stopping ends by itself.
 */
export function stopSignal(): Promise<"stopped"> {
  return new Promise((resolve) => {
    const stop = () => resolve("stopped");
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
    void runnerEnded().then(stop);
  });
}
