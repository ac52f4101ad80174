import type { Host } from "./host.ts";
import { specifier } from "./imports.ts";
import type { Mapping } from "./user-table.ts";

/** The path of the one file: in the folder with the host's server code. */
export function rollcallFileOf({ src, database, trpc }: Host): string {
  const server = [database?.file, trpc?.file].some((file) => file?.startsWith(`${src}server/`));
  return `${src}${server ? "server" : "lib"}/rollcall.ts`;
}

/** Makes ids of the host's kind, if its ORM makes them. */
const GENERATORS: Record<string, { line: string | null; packageName: string | null; call: string }> = {
  uuid: { line: null, packageName: null, call: "() => crypto.randomUUID()" },
  cuid: {
    line: 'import { createId } from "@paralleldrive/cuid2";',
    packageName: "@paralleldrive/cuid2",
    call: "createId",
  },
  nanoid: { line: 'import { nanoid } from "nanoid";', packageName: "nanoid", call: "() => nanoid()" },
  ulid: { line: 'import { ulid } from "ulid";', packageName: "ulid", call: "() => ulid()" },
};
const OTHER = { line: null, packageName: null, call: "() => crypto.randomUUID()" };

const generatorOf = ({ user }: Mapping) => (user.newId === null ? null : (GENERATORS[user.newId] ?? OTHER));

/** What the host has to install for the file. */
export function missingPackages(host: Host, mapping: Mapping | null): string[] {
  const needed = mapping && generatorOf(mapping)?.packageName;
  return needed && !host.dependencies.has(needed) ? [needed] : [];
}

/** The one file that a host writes: its Rollcall, its sessions, its endpoints, its procedures. */
export function rollcallFile(host: Host, mapping: Mapping | null): string {
  const { database, env, trpc, connectionString, directConnection } = host;
  const file = rollcallFileOf(host);
  const generator = mapping && generatorOf(mapping);
  const adapter = database && ADAPTERS[database.driver];
  const variable = (name: string): string => (env ? `env.${name}` : `process.env.${name}`);
  const required = (name: string): string => (env ? `env.${name}` : `process.env.${name} ?? ""`);

  const outside = [
    ...(generator?.line ? [generator.line] : []),
    'import { after } from "next/server";',
    'import { createRollcall, type Rollcall } from "rollcall";',
    'import { createRollcallAuth, createRollcallHandlers } from "rollcall/next";',
    ...(adapter?.line ? [adapter.line] : []),
    ...(trpc ? ['import { createRollcallTRPC } from "rollcall/trpc";'] : []),
  ];
  const own = [
    ...(env ? [`import { env } from "${specifier(file, env, host)}";`] : []),
    ...(database ? [`import { ${database.name} } from "${specifier(file, database.file, host)}";`] : []),
  ];
  const client = database ? (adapter?.call(database.name) ?? database.name) : "undefined, // your database's client";
  return `${outside.join("\n")}
${own.length > 0 ? `\n${own.join("\n")}\n` : ""}
// Next loads a module more than once; all of them share one Rollcall.
const shared = globalThis as typeof globalThis & { rollcall?: Rollcall };

export const rollcall = (shared.rollcall ??= createRollcall({
  db${client === "db" ? "" : `: ${client}`},
  connectionString: ${directConnection ? `process.env.${directConnection} ?? ` : ""}${variable(connectionString)},
  clerk: {
    secretKey: ${required("CLERK_SECRET_KEY")},
    apiUrl: process.env.CLERK_API_URL,
    webhookSigningSecret: ${variable("CLERK_WEBHOOK_SIGNING_SECRET")},
  },
${mapping ? tables(mapping, generator?.call ?? null) : ""}  logger: console,
  afterAnswer: () => ({ after }),
}));

export const auth = createRollcallAuth(rollcall, {
  publishableKey: ${required("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY")},
  adminEmail: process.env.ADMIN_EMAIL,
});
export const { getCurrentUser, requireUser } = auth;

export const handlers = createRollcallHandlers(rollcall, { ...auth, cronSecret: ${variable("CRON_SECRET")} });
${trpc ? "\nexport const rollcallTRPC = createRollcallTRPC(rollcall, auth);\n" : ""}`;
}

const ADAPTERS = {
  prisma: null,
  pg: { line: 'import { pgDatabase } from "rollcall/pg";', call: (name: string) => `pgDatabase(${name})` },
  "postgres-js": {
    line: 'import { postgresJsDatabase } from "rollcall/postgres-js";',
    call: (name: string) => `postgresJsDatabase(${name})`,
  },
  "drizzle-pg": {
    line: 'import { pgDatabase } from "rollcall/pg";',
    call: (name: string) => `pgDatabase(${name}.$client)`,
  },
  "drizzle-postgres-js": {
    line: 'import { postgresJsDatabase } from "rollcall/postgres-js";',
    call: (name: string) => `postgresJsDatabase(${name}.$client)`,
  },
} as const;

function tables({ user, customer }: Mapping, newId: string | null): string {
  const columns = Object.entries(user.columns).map(([name, column]) => `${name}: "${column}"`);
  const lines = [
    `table: "${user.table}",`,
    `key: "${user.key}",`,
    ...(user.id && user.id !== user.key ? [`id: "${user.id}",`] : []),
    ...(newId ? [`newId: ${newId},`] : []),
    `columns: { ${columns.join(", ")} },`,
    ...(user.updatedAt ? [`updatedAt: "${user.updatedAt}",`] : []),
  ];
  const name = customer?.name ? `, name: "${customer.name}"` : "";
  return `  tables: {
    user: {
${lines.map((line) => `      ${line}\n`).join("")}    },
    customer: ${customer ? `{ table: "${customer.table}", userKey: "${customer.userKey}"${name} }` : "null"},
  },
`;
}
