import { DIRECT_VARIABLES } from "../host/database-url.ts";
import { drizzleTables } from "./drizzle-schema.ts";
import { prismaModels } from "./prisma-schema.ts";
import type { Table } from "./table.ts";

/** The host's own files: their text by their path from its root. */
export type Files = ReadonlyMap<string, string>;

/** What `init` needs to know about a host. Unknown parts are null. */
export interface Host {
  /** `src/` if the host has that folder, else the empty text. */
  src: string;
  /** What an import of a file below `src` begins with: `~/` or `@/`; null without an alias. */
  alias: string | null;
  orm: { name: "prisma"; major: number | null } | { name: "drizzle" } | null;
  /** How the host's code reaches its database. */
  database: { file: string; name: string; driver: Driver } | null;
  tables: Table[];
  /** Whether it has the App Router's folder. */
  hasApp: boolean;
  trpc: { file: string; root: string | null } | null;
  /** The file of `@t3-oss/env-nextjs`. */
  env: string | null;
  connectionString: "DATABASE_URL" | "POSTGRES_URL";
  /** The variable of a connection that goes past a pooler, if the host has one. */
  directConnection: string | null;
  middleware: string | null;
  dependencies: ReadonlySet<string>;
}

/** How the client of the database is handed to Rollcall. */
export type Driver = "prisma" | "pg" | "postgres-js" | "drizzle-pg" | "drizzle-postgres-js";

/** Reads from a host's files what it is made of. */
export function detect(files: Files): Host {
  const dependencies = dependenciesOf(files.get("package.json"));
  const src = [...files.keys()].some((path) => path.startsWith("src/app/") || path.startsWith("src/server/"))
    ? "src/"
    : "";
  const find = (pattern: RegExp, text = /(?:)/): string | null =>
    [...files].find(([path, content]) => pattern.test(path) && text.test(content))?.[0] ?? null;
  const trpc = find(/(^|\/)trpc(\/(init|index|trpc))?\.ts$/, /initTRPC/);
  const orm = ormOf(dependencies);
  return {
    src,
    alias: aliasOf(files.get("tsconfig.json") ?? files.get("jsconfig.json") ?? "", src),
    orm,
    database: databaseOf(files),
    tables:
      orm?.name === "drizzle" ? tablesOf(files, /\.ts$/, drizzleTables) : tablesOf(files, /\.prisma$/, prismaModels),
    hasApp: [...files.keys()].some((path) => path.startsWith(`${src}app/`)),
    trpc:
      trpc === null
        ? null
        : { file: trpc, root: find(/\.ts$/, /\bappRouter\s*=\s*(createTRPCRouter|router|t\.router)\(/) },
    env: find(/(^|\/)env(\.mjs|\.js|\.ts)$/, /createEnv\(/),
    connectionString: connectionStringOf(files),
    directConnection: DIRECT_VARIABLES.find((name) => [...files.values()].some((text) => text.includes(name))) ?? null,
    middleware: find(/^(src\/)?(middleware|proxy)\.(ts|js)$/),
    dependencies,
  };
}

const SECTION = /"(?:dependencies|devDependencies)"\s*:\s*\{([^}]*)\}/g;

function packages(manifest: string): Map<string, string> {
  const pairs = [...manifest.matchAll(SECTION)].flatMap(([, body = ""]) => [
    ...body.matchAll(/"([^"]+)"\s*:\s*"([^"]*)"/g),
  ]);
  return new Map(pairs.map(([, name = "", range = ""]) => [name, range]));
}

const dependenciesOf = (manifest = ""): Host["dependencies"] =>
  new Set([...packages(manifest)].flatMap(([name, range]) => [name, `${name}@${/\d+/.exec(range)?.[0] ?? ""}`]));

function ormOf(dependencies: ReadonlySet<string>): Host["orm"] {
  if (dependencies.has("drizzle-orm")) return { name: "drizzle" };
  if (!dependencies.has("@prisma/client") && !dependencies.has("prisma")) return null;
  const major = [7, 6].find(
    (version) => dependencies.has(`@prisma/client@${version}`) || dependencies.has(`prisma@${version}`),
  );
  return { name: "prisma", major: major ?? null };
}

/** The alias for the folder with the sources. The file may contain comments, so it is not JSON. */
function aliasOf(tsconfig: string, src: string): string | null {
  const targets = [...tsconfig.matchAll(/"([^"\s]+\/)\*"\s*:\s*\[\s*"(?:\.\/)?([^"]*)\*"\s*\]/g)];
  return targets.find(([, , target]) => target === src)?.[1] ?? null;
}

const tablesOf = (files: Files, path: RegExp, read: (text: string) => Table[]): Table[] =>
  [...files].filter(([file]) => path.test(file)).flatMap(([, text]) => read(text));

// A client that the file exports, under its own name.
const CLIENTS: { made: RegExp; driver: (text: string) => Driver | null }[] = [
  { made: /\bdrizzle\(/, driver: drizzleDriver },
  { made: /\bnew PrismaClient\(/, driver: () => "prisma" },
  { made: /\bnew (?:pg\.)?Pool\(/, driver: () => "pg" },
  { made: /\bpostgres\(/, driver: () => "postgres-js" },
];

/** Drizzle over HTTP has no transactions, and its `execute` has no numbered parameters: Rollcall uses the client below it. */
function drizzleDriver(text: string): Driver | null {
  if (/drizzle-orm\/(node-postgres|neon-serverless|vercel-postgres)["']/.test(text)) return "drizzle-pg";
  return /drizzle-orm\/postgres-js["']/.test(text) ? "drizzle-postgres-js" : null;
}

function databaseOf(files: Files): Host["database"] {
  const sources = [...files].filter(
    ([path]) => /\.(ts|js|mjs)$/.test(path) && !/(^|\/)(scripts|prisma|test|tests)\//.test(path),
  );
  for (const { made, driver } of CLIENTS) {
    for (const [file, text] of sources) {
      if (!made.test(text)) continue;
      const name = /export const (db|prisma|pool|sql|client)\b/.exec(text)?.[1];
      const kind = driver(text);
      if (name && kind) return { file, name, driver: kind };
    }
  }
  return null;
}

function connectionStringOf(files: Files): Host["connectionString"] {
  const texts = [...files].filter(([path]) => /\.(ts|js|mjs|prisma)$|(^|\/)\.env/.test(path)).map(([, text]) => text);
  return !texts.some((text) => /\bDATABASE_URL\b/.test(text)) && texts.some((text) => /\bPOSTGRES_URL\b/.test(text))
    ? "POSTGRES_URL"
    : "DATABASE_URL";
}
