import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const read = (file: string): string => readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), "utf8");

/** Which interface each section of docs/options.md describes. */
const sections: [heading: string, file: string, type: string][] = [
  ["createRollcall", "packages/sync/src/rollcall.ts", "RollcallOptions"],
  ["clerk", "packages/sync/src/clerk/clerk-api.ts", "ClerkCredentials"],
  ["tables.user", "packages/sync/src/database/tables.ts", "UserTable"],
  ["tables.user.columns", "packages/sync/src/database/tables.ts", "UserColumns"],
  ["tables.customer", "packages/sync/src/database/tables.ts", "CustomerTable"],
  ["createRollcallAuth", "packages/auth/src/mount.ts", "RollcallAuthOptions"],
  ["createRollcallTRPC", "packages/api/src/mount/callers.ts", "Callers"],
  ["createRollcallHandlers", "packages/api/src/http/create-rollcall-handlers.ts", "RollcallHandlersOptions"],
  ["createTRPCHandler", "packages/api/src/mount/create-trpc-handler.ts", "TRPCHandlerOptions"],
];

/** The properties of an interface, those of objects in it by their path, and whether each must be given. */
function propertiesOf(file: string, type: string): Record<string, boolean> {
  const body = new RegExp(`^export interface ${type}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, "m").exec(read(file))?.[1] ?? "";
  const properties: Record<string, boolean> = {};
  let parent = "";
  for (const [, indent = "", name = "", optional] of body.matchAll(/^( {2}| {4})(\w+)(\?)?:/gm)) {
    if (indent.length === 2) parent = name;
    properties[indent.length === 2 ? name : `${parent}.${name}`] = optional === undefined;
  }
  return properties;
}

/** The rows of a section's table: the option, and whether the default is said to be none that could do. */
function optionsOf(heading: string): Record<string, boolean> {
  const section = new RegExp(`^#+ ${heading}\\n([\\s\\S]*?)(?=^#|(?![\\s\\S]))`, "m").exec(
    read("docs/options.md"),
  )?.[1];
  const rows = [...(section ?? "").matchAll(/^\| `([\w.]+)`\s*\|\s*([^|]+?)\s*\|/gm)];
  return Object.fromEntries(rows.map(([, name = "", given]) => [name, given === "required"]));
}

/** In `createRollcall`'s own type, since nothing else of the engine has it. */
const besideCredentials = { webhookSigningSecret: false };

test.each(sections)("docs/options.md names every option of %s", (heading, file, type) => {
  const properties = propertiesOf(file, type);
  expect(Object.keys(properties)).not.toEqual([]);
  expect(optionsOf(heading)).toEqual({ ...properties, ...(heading === "clerk" && besideCredentials) });
});
