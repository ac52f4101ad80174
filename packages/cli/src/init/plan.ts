import { type Edit, envEdit, exampleEdit, newFile, rootEdit, trpcEdit, vercelEdit } from "./edits.ts";
import type { Files, Host } from "./host.ts";
import { specifier } from "./imports.ts";
import { missingPackages, rollcallFile, rollcallFileOf } from "./rollcall-file.ts";
import { type Change, type Mapping, mapTables } from "./user-table.ts";

/** All that `init` does and says. */
export interface Plan {
  edits: Edit[];
  /** What the host's own tables need. */
  changes: Change[];
  /** Packages to install. */
  packages: string[];
  /** What a person has to look at. */
  remarks: string[];
}

/** Everything that a host still needs. If a host has it already, every edit is `done`. */
export function makePlan(files: Files, host: Host): Plan {
  const mapping = mapTables(host.tables);
  const file = rollcallFileOf(host);
  const there = [...files.keys()].find(
    (path) => /(^|\/)rollcall\.ts$/.test(path) && files.get(path)?.includes("createRollcall("),
  );
  const one: Edit = there ? { kind: "done", path: there } : newFile(files, file, rollcallFile(host, mapping));
  const path = one.path;
  return {
    edits: [
      one,
      routeEdit(files, path, host),
      ...(host.trpc ? [trpcEdit(files, host.trpc.file, path, host)] : []),
      ...(host.trpc?.root ? [rootEdit(files, host.trpc.root, path, host)] : []),
      ...(host.env ? [envEdit(files, host.env)] : []),
      exampleEdit(files),
      vercelEdit(files),
    ],
    changes: mapping?.changes ?? [],
    packages: missingPackages(host, mapping),
    remarks: remarks(files, host, mapping, path),
  };
}

function routeEdit(files: Files, rollcallPath: string, host: Host): Edit {
  const path = `${host.src}app/api/rollcall/[...rollcall]/route.ts`;
  const text = `import { handlers } from "${specifier(path, rollcallPath, host)}";

export const maxDuration = 60;
export const GET = handlers.all;
export const POST = handlers.all;
`;
  return host.hasApp ? newFile(files, path, text) : { kind: "print", path, why: "There is no folder app/", text };
}

function remarks(files: Files, host: Host, mapping: Mapping | null, file: string): string[] {
  const offers = Object.entries(mapping?.offers ?? {}).map(([field, column]) => `${field}: "${column}"`);
  const middleware = host.middleware === null ? undefined : files.get(host.middleware);
  return [
    ...(host.database
      ? []
      : [`${file}: no client of a database was found. Give \`db\` yours: docs/mount.md names the ways.`]),
    ...(mapping ? [] : [`${file}: no table of users was found. Name yours in \`tables\`: docs/options.md.`]),
    ...(offers.length > 0
      ? [
          `${file}: Clerk has values for more of your columns. To copy them, add these to \`tables.user.columns\`: ${offers.join(", ")}.`,
        ]
      : []),
    ...(middleware && /\bprotect\(|redirectToSignIn/.test(middleware) && !middleware.includes("/api/rollcall")
      ? [
          `${host.middleware} protects routes: let /api/rollcall/(.*) through, since Clerk and your scheduler are not signed in.`,
        ]
      : []),
  ];
}
