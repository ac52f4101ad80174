import type { Files, Host } from "./host.ts";
import { addImport, specifier } from "./imports.ts";

/** What happens to one of the host's files: it is written, changed, left as it is, or shown to a person. */
export type Edit =
  | { kind: "create" | "change"; path: string; text: string }
  | { kind: "done"; path: string }
  | { kind: "print"; path: string; why: string; text: string };

const changed = (path: string, before: string, after: string): Edit =>
  after === before ? { kind: "done", path } : { kind: "change", path, text: after };

/** A new file; an existing one is never overwritten. */
export function newFile(files: Files, path: string, text: string): Edit {
  const there = files.get(path);
  if (there === undefined) return { kind: "create", path, text };
  if (there === text) return { kind: "done", path };
  return { kind: "print", path, why: "It is there already, and stays as it is", text };
}

const PROCEDURES = `
/** Signed-in users only: their row is synced before the procedure runs. */
export const protectedProcedure = publicProcedure.concat(rollcallTRPC.authed);

/** The same, for writes that need the user's row. */
export const syncedProcedure = publicProcedure.concat(rollcallTRPC.synced);
`;

/** Two procedures more, after the public one. */
export function trpcEdit(files: Files, path: string, rollcallFile: string, host: Host): Edit {
  const before = files.get(path) ?? "";
  if (before.includes("rollcallTRPC.")) return { kind: "done", path };
  const context = /createTRPCContext|createContext/.test(before) && /\bheaders\b/.test(before);
  const known = /^export const publicProcedure = [^;]+;$/m.exec(before);
  if (!known || !context || /\b(protected|synced)Procedure\b/.test(before)) {
    const why = context
      ? "Its procedures are not create-t3-app's: put these beside them"
      : "Rollcall needs the request's headers in the context, as `headers`; then put these below your public procedure";
    return { kind: "print", path, why, text: importLine(path, rollcallFile, host) + PROCEDURES };
  }
  const end = known.index + known[0].length;
  const text = `${before.slice(0, end)}\n${PROCEDURES}${before.slice(end).replace(/^\n/, "")}`;
  return changed(path, before, addImport(text, importLine(path, rollcallFile, host).trim()));
}

const importLine = (from: string, rollcallFile: string, host: Host): string =>
  `import { rollcallTRPC } from "${specifier(from, rollcallFile, host)}";\n`;

/** The router `sync`, beside the host's own. */
export function rootEdit(files: Files, path: string, rollcallFile: string, host: Host): Edit {
  const before = files.get(path) ?? "";
  if (before.includes("rollcallTRPC.")) return { kind: "done", path };
  const known = /\bappRouter\s*=\s*[\w.]+\(\{[^}]*?\n(?=\}\))/.exec(before);
  const line = "  sync: rollcallTRPC.router,\n";
  if (!known || /^\s*sync:/m.test(known[0])) {
    return { kind: "print", path, why: "Put the router under a free key of your root router", text: line.trimStart() };
  }
  const end = known.index + known[0].length;
  const text = before.slice(0, end) + line + before.slice(end);
  return changed(path, before, addImport(text, importLine(path, rollcallFile, host).trim()));
}

const SERVER_VARIABLES = {
  CLERK_SECRET_KEY: 'z.string().startsWith("sk_")',
  CLERK_WEBHOOK_SIGNING_SECRET: "z.string().optional()",
  CRON_SECRET: "z.string().min(16).optional()",
};
const CLIENT_VARIABLES = { NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: 'z.string().startsWith("pk_")' };

/** The variables in the file of `@t3-oss/env-nextjs`. */
export function envEdit(files: Files, path: string): Edit {
  const before = files.get(path) ?? "";
  const missing = <T extends Record<string, string>>(variables: T) =>
    Object.entries(variables).filter(([name]) => !new RegExp(`^\\s*${name}:`, "m").test(before));
  const server = missing(SERVER_VARIABLES);
  const client = missing(CLIENT_VARIABLES);
  const names = [...server, ...client].map(([name]) => name);
  if (names.length === 0) return { kind: "done", path };
  const rules = (variables: [string, string][]) => variables.map(([name, rule]) => `    ${name}: ${rule},\n`).join("");
  const values = names.map((name) => `    ${name}: process.env.${name},\n`).join("");
  const parts: [RegExp, string][] = [
    [/^ {2}server: \{\n/m, rules(server)],
    [/^ {2}client: \{\n/m, rules(client)],
    [/^ {2}(?:experimental__)?runtimeEnv: \{\n/m, values],
  ];
  if (parts.some(([place]) => !place.test(before))) {
    const text = `server:\n${rules(server)}client:\n${rules(client)}runtimeEnv:\n${values}`;
    return { kind: "print", path, why: "Add these variables", text };
  }
  return changed(
    path,
    before,
    parts.reduce((text, [place, lines]) => text.replace(place, (start) => start + lines), before),
  );
}

const EXAMPLES: Record<string, string> = {
  CLERK_SECRET_KEY: "",
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "",
  CLERK_WEBHOOK_SIGNING_SECRET: "",
  CRON_SECRET: "",
};

/** The variables' names, for the next person who sets the app up. */
export function exampleEdit(files: Files): Edit {
  const path = ".env.example";
  const before = files.get(path);
  const missing = Object.entries(EXAMPLES).filter(([name]) => !new RegExp(`^#?\\s*${name}=`, "m").test(before ?? ""));
  if (missing.length === 0) return { kind: "done", path };
  const lines = `# Clerk's dashboard: Configure, API keys and Webhooks. CRON_SECRET: 16 random characters or more.\n${missing
    .map(([name, value]) => `${name}="${value}"\n`)
    .join("")}`;
  if (before === undefined) return { kind: "create", path, text: lines };
  return { kind: "change", path, text: `${before.replace(/\n*$/, "\n")}\n${lines}` };
}

const CRON = `{
  "crons": [{ "path": "/api/rollcall/cron", "schedule": "0 3 * * *" }]
}
`;

/** The nightly run, for hosts on Vercel. */
export function vercelEdit(files: Files): Edit {
  const path = "vercel.json";
  if (files.get(path)?.includes("/api/rollcall/cron")) return { kind: "done", path };
  const edit = newFile(files, path, CRON);
  return edit.kind === "print" ? { ...edit, why: "Add the schedule to it" } : edit;
}
