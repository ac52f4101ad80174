import { defineConfig } from "prisma/config";

import { offlineAdapter } from "./offline-schema-engine";

try {
  process.loadEnvFile(".env"); // Prisma 6 does not read it once this file is there
} catch {}

export default defineConfig({
  schema: "prisma/schema.prisma",
  experimental: { adapter: true },
  engine: "js",
  adapter: () => offlineAdapter(process.env.DATABASE_URL ?? ""),
});
