import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const repositoryRoot = fileURLToPath(new URL("../../..", import.meta.url));
const app = path.join(repositoryRoot, "apps/nextjs");

/** Written by the host: it names the host's own Rollcall. */
export const HOST_FILE = "host.ts";

/** Files of other packages that a browser may load. */
const borrowed: Record<string, string> = {
  "lib/event-outcomes.ts": path.join(repositoryRoot, "packages/sync/src/events/event-outcomes.ts"),
};

/** What the dashboard imports from this repository: a file of the item (`@/…`), or an entry of the package `rollcall`. */
const replacements: Record<string, string> = {
  "@rollcall/api": "@/trpc/router.ts",
  "@rollcall/api/mount": "rollcall/trpc",
  "@rollcall/sync": "rollcall",
  "@rollcall/sync/event-outcomes": "@/lib/event-outcomes.ts",
  // next-intl's function for server components needs a configuration in the host's next.config.
  "next-intl/server": "@/i18n/translations.ts",
};

/**
 * A file of the dashboard, by its path below `src`. What stands below `registry` takes the place of the file with the same path: what
 * a host needs otherwise than this app.
 */
export function sourceOf(file: string): string {
  const found = [borrowed[file], path.join(app, "registry", file), path.join(app, "src", file)].find(
    (candidate) => candidate !== undefined && existsSync(candidate),
  );
  if (found === undefined) throw new Error(`The dashboard has no file ${file}`);
  return readFileSync(found, "utf8");
}

/** What a file imports: another one, by its path below `src`, or a package. */
export type Import = { file: string } | { specifier: string };

/** @param from the path of the file that imports it */
export function importOf(specifier: string, from: string): Import {
  const meant = replacements[specifier] ?? specifier;
  if (meant.startsWith("@/")) return { file: meant.slice("@/".length) };
  if (meant.startsWith(".")) return { file: path.posix.join(path.posix.dirname(from), meant) };
  if (meant.startsWith("@rollcall/")) throw new Error(`${from} imports ${meant}, which no host has`);
  return { specifier: meant };
}
