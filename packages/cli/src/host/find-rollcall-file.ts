import { existsSync } from "node:fs";
import path from "node:path";
import { SyncError } from "@rollcall/sync";

const CONVENTIONS = [
  "src/server/rollcall.ts",
  "src/lib/rollcall.ts",
  "server/rollcall.ts",
  "lib/rollcall.ts",
  "rollcall.ts",
];

/**
 * The host's own rollcall file: the one that was asked for, or the first that exists by convention.
 *
 * @throws SyncError NOT_CONFIGURED; its message says where the command looked
 */
export function findRollcallFile(folder: string, asked?: string): string {
  const file = (asked === undefined ? CONVENTIONS : [asked])
    .map((candidate) => path.resolve(folder, candidate))
    .find((candidate) => existsSync(candidate));
  if (file !== undefined) return file;
  const looked =
    asked === undefined ? `there is no rollcall file: none of ${CONVENTIONS.join(", ")}` : `there is no file ${asked}`;
  throw new SyncError(
    "NOT_CONFIGURED",
    `In ${folder} ${looked}. Create one with \`npx rollcall init\`, or name yours: --file path/to/rollcall.ts`,
  );
}
