import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { schemaEngineBinary } from "@rollcall/prisma-engine";
import { defineConfig } from "prisma/config";

process.env.PRISMA_SCHEMA_ENGINE_BINARY ||= await schemaEngineBinary();

// Prisma does not read .env itself. Variables that are already set win.
const envFile = fileURLToPath(new URL(".env", import.meta.url));
if (existsSync(envFile)) process.loadEnvFile(envFile);

// Migrations take a lock that belongs to the session: a pooler that hands out a session a statement would lose it.
const url = process.env.POSTGRES_URL_NON_POOLING || process.env.POSTGRES_URL;
if (!url && process.argv.some((word) => word === "migrate" || word === "db")) {
  console.error(
    "POSTGRES_URL is not set. Set it, in the environment or in .env, to the connection string of your Postgres.",
  );
}

export default defineConfig({
  schema: "prisma",
  migrations: { path: "prisma/migrations" },
  // Without a database `prisma generate` and `prisma validate` still work: the install of a fresh clone runs the former.
  ...(url && { datasource: { url } }),
});
