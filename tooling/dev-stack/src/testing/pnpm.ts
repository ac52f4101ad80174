import { execFileSync } from "node:child_process";

let found: string | undefined;

/** The file of pnpm that Node runs: the one that started these tests, otherwise npx's, which takes seconds of CPU time to find. */
export function pnpmFile(): string {
  const own = process.env.npm_execpath ?? "";
  found ??= /pnpm\.c?js$/.test(own)
    ? own
    : execFileSync("npx", ["-y", "-p", "pnpm@10", "which", "pnpm"], { encoding: "utf8" }).trim();
  return found;
}
