import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import type { Block } from "./blocks.ts";
import { HOST_FILE, type Import, importOf, repositoryRoot, sourceOf } from "./sources.ts";

/**
 * As shadcn's CLI installs it. An item of this type needs no `components.json`: each file has its path, and nothing in it is
 * changed. https://ui.shadcn.com/docs/registry/registry-item-json
 */
export interface RegistryItem {
  $schema: "https://ui.shadcn.com/schema/registry-item.json";
  name: string;
  type: "registry:item";
  title: string;
  description: string;
  dependencies: string[];
  files: { path: string; type: "registry:file"; target: string; content: string }[];
  docs: string;
}

/** What each host has, at its own versions, before it adds an item: docs/dashboard.md names them. */
export const hostPackages = [
  "@clerk/nextjs",
  "@tanstack/react-query",
  "@trpc/client",
  "@trpc/server",
  "@trpc/tanstack-react-query",
  "next",
  "react",
  "rollcall",
  "server-only",
  "superjson",
  "zod",
];

// In TypeScript and in CSS.
const SPECIFIER = /(\bfrom |\bimport |\bimport\()"([^"]+)"/g;

/** The block's files, with all that they import, as a host gets them. */
export function registryItem({ name, title, description, entries }: Block): RegistryItem {
  const contents = new Map<string, string>();
  const packages = new Set<string>();
  const queue = [...entries];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (contents.has(file)) continue;
    const importer = file;
    const content = sourceOf(importer).replace(SPECIFIER, (_, before: string, specifier: string) => {
      const imported = importOf(specifier, importer);
      if ("file" in imported) {
        if (imported.file !== HOST_FILE) queue.push(imported.file);
      } else packages.add(packageOf(imported.specifier));
      return `${before}"${specifierIn(importer, imported)}"`;
    });
    contents.set(importer, content);
  }
  return {
    $schema: "https://ui.shadcn.com/schema/registry-item.json",
    name,
    type: "registry:item",
    title,
    description,
    dependencies: [...packages]
      .filter((each) => !hostPackages.includes(each))
      .sort()
      .map((each) => `${each}@^${versionOf(each)}`),
    files: [...contents].sort().map(([file, content]) => {
      const target = targetOf(file);
      return { path: target, type: "registry:file", target, content };
    }),
    docs: `Two steps are left: ${targetOf(HOST_FILE)} names your Rollcall, and your stylesheet imports rollcall.css. See docs/dashboard.md.`,
  };
}

/** Where a host has the file: pages and routes where Next looks for them, the others together. */
export function targetOf(file: string): string {
  if (file.startsWith("app/(shell)/dashboard/")) return file.replace("app/(shell)/dashboard/", "src/app/rollcall/");
  if (file.startsWith("app/(shell)/")) return file.replace("app/(shell)/", "src/app/rollcall/");
  if (file.startsWith("app/api/")) return file.replace("app/api/", "src/app/api/rollcall/");
  return `src/components/rollcall/${file}`;
}

/** Relative, so that it does not depend on the host's aliases, and as any TypeScript configuration takes it. */
function specifierIn(importer: string, imported: Import): string {
  if ("specifier" in imported) return imported.specifier;
  const relative = path.posix.relative(path.posix.dirname(targetOf(importer)), targetOf(imported.file));
  return (relative.startsWith(".") ? relative : `./${relative}`).replace(/\.tsx?$/, "");
}

const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

const { catalog } = z
  .object({ catalog: z.record(z.string(), z.string()) })
  .parse(parse(readFileSync(path.join(repositoryRoot, "pnpm-workspace.yaml"), "utf8")));

function versionOf(name: string): string {
  const version = catalog[name];
  if (version === undefined) throw new Error(`pnpm-workspace.yaml names no version of ${name}`);
  return version;
}
