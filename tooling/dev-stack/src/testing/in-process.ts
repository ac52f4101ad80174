import { vi } from "vitest";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

export interface CommandInProcess {
  /** Its output so far. */
  stdout(): string;
  stderr(): string;
  /** As Ctrl-C does. */
  interrupt(): void;
  ended: Promise<{ code: number; stdout: string; stderr: string }>;
}

/**
 * Starts a command's function in this process, with nothing but this environment, for a small part of the CPU time that a
 * process of its own takes. One at a time. What only a process shows needs one: the exit itself, and real signals.
 */
export function startInProcess(command: () => Promise<number>, environment: Record<string, string>): CommandInProcess {
  const said = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      said[stream] += text.toString();
      return true;
    }),
  );
  const outer = { ...process.env };
  replaceEnvironment({ PATH: outer.PATH, ...environment });
  const others = SIGNALS.map((signal) => new Set(process.listeners(signal)));
  const listeners = () =>
    SIGNALS.flatMap((signal, index) =>
      process
        .listeners(signal)
        .filter((listener) => !others[index]?.has(listener))
        .map((listener) => ({ signal, listener })),
    );

  const ended = command()
    .then((code) => ({ code, ...said }))
    .finally(() => {
      for (const spy of spies) spy.mockRestore();
      for (const { signal, listener } of listeners()) process.removeListener(signal, listener);
      replaceEnvironment(outer);
    });
  return {
    stdout: () => said.stdout,
    stderr: () => said.stderr,
    interrupt: () => {
      for (const { signal, listener } of listeners()) if (signal === "SIGINT") listener(signal);
    },
    ended,
  };
}

/** In the same object: Node reads `.env` files into it. */
function replaceEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) process.env[name] = value;
}
