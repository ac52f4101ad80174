import { dirname, relative } from "node:path/posix";
import type { Host } from "./host.ts";

const withoutExtension = (file: string): string => file.replace(/\.(ts|mts|js|mjs)$/, "").replace(/\/index$/, "");

/** How one of the host's files imports another: by the host's alias if it has one. */
export function specifier(from: string, to: string, { alias, src }: Pick<Host, "alias" | "src">): string {
  if (alias !== null && to.startsWith(src)) return alias + withoutExtension(to.slice(src.length));
  const path = relative(dirname(from), withoutExtension(to));
  return path.startsWith(".") ? path : `./${path}`;
}

const IMPORT = /^import\s[^;]*?from\s+["'][^"']+["'];?[^\n]*$|^import\s+["'][^"']+["'];?[^\n]*$/gm;

/** The text with one more import, below the others. */
export function addImport(text: string, line: string): string {
  const last = [...text.matchAll(IMPORT)].at(-1);
  if (!last) return `${line}\n\n${text}`;
  const end = last.index + last[0].length;
  return `${text.slice(0, end)}\n${line}${text.slice(end)}`;
}
