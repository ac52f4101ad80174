import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { init } from "../../src/init/init.ts";

export interface HostFolder extends Disposable {
  /** Runs the command there. @returns its exit code, and what it printed */
  init(...args: string[]): Promise<{ exitCode: number; output: string }>;
  read(file: string): string;
  root: string;
}

/** A copy of one of the hosts beside this file. */
export function copyHost(name: string): HostFolder {
  const root = mkdtempSync(path.join(tmpdir(), "rollcall-init-"));
  cpSync(path.join(import.meta.dirname, "hosts", name), root, { recursive: true });
  return {
    root,
    read: (file) => readFileSync(path.join(root, file), "utf8"),
    async init(...args) {
      let output = "";
      const write = (text: string) => {
        output += text;
      };
      const exitCode = await init(args, { root, write, writeError: write, ask: null });
      return { exitCode, output };
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true }),
  };
}
