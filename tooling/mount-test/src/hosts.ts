import path from "node:path";
import { repositoryRoot } from "./stack.ts";

/** An app that Rollcall has never seen, and what its team did to it before. */
export interface HostRecipe {
  /** As the fences of docs/mount.md name it; also the folder of the files that its team wrote. */
  name: "t3-prisma" | "t3-prisma-7" | "t3-drizzle";
  title: string;
  /** The folders below `hosts` that are laid over the fresh app, in this order. */
  overlays: string[];
  /** Options of create-t3-app. */
  scaffold: string[];
  /** What its team installed, and the versions that it has upgraded to. */
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  /** Makes its client, and its tables in its database. */
  prepare: string[][];
  /** Brings its tables to its schema, when that has changed. */
  push: string[];
  /** Only for the commands of its own tools. */
  toolEnvironment: Record<string, string>;
  tables: { user: string; id: string; clerkId: string; email: string; name: string; newId: string | null };
  /** A row that refers to each of the host's users. */
  reference: { sql: string; count: string };
  hasTRPC: boolean;
  hasCustomers: boolean;
}

const CLERK = { "@clerk/nextjs": "^7.9.0" };
const PRISMA_TABLES = { user: '"User"', id: "id", clerkId: '"clerkId"', email: "email", name: "name", newId: "cuid" };
const POSTS = {
  sql: `insert into "Post" (name, "authorId", "updatedAt") select 'post of ' || id, id, now() from "User"`,
  count: `select count(*)::int as count from "Post" p join "User" u on u.id = p."authorId" where p.name = 'post of ' || u.id`,
};
// npm settles on these for a fresh app: @trpc/react-query ends at 11.19 and wants exactly its own version.
const TRPC = { "@trpc/client": "~11.19.0", "@trpc/react-query": "~11.19.0", "@trpc/server": "~11.19.0" };

const prisma6: HostRecipe = {
  name: "t3-prisma",
  title: "create-t3-app: Prisma 6, Next 15, tRPC 11.19, zod 3",
  overlays: ["t3-prisma-6"],
  scaffold: ["--trpc", "--prisma"],
  // Without a download at install, Prisma's engines are the ones in WebAssembly. They need the adapter and its dependency.
  dependencies: { ...CLERK, ...TRPC, "@prisma/adapter-pg": "^6.19.0", "@prisma/driver-adapter-utils": "^6.19.0" },
  devDependencies: {},
  prepare: [
    ["prisma", "db", "push", "--skip-generate"],
    ["prisma", "generate"],
  ],
  push: ["prisma", "db", "push", "--skip-generate"],
  toolEnvironment: {},
  tables: PRISMA_TABLES,
  reference: POSTS,
  hasTRPC: true,
  hasCustomers: true,
};

const prisma7: HostRecipe = {
  ...prisma6,
  name: "t3-prisma-7",
  title: "the same on Prisma 7, Next 16, zod 4",
  overlays: ["t3-prisma-6", "t3-prisma-7"],
  dependencies: {
    ...CLERK,
    ...TRPC,
    "@prisma/adapter-pg": "7.10.0",
    "@prisma/client": "7.10.0",
    "@t3-oss/env-nextjs": "^0.13.0",
    dotenv: "^17.0.0",
    next: "^16.0.0",
    zod: "^4.0.0",
  },
  devDependencies: { prisma: "7.10.0" },
  prepare: [
    ["prisma", "db", "push"],
    ["prisma", "generate"],
  ],
  push: ["prisma", "db", "push"],
  toolEnvironment: {
    PRISMA_SCHEMA_ENGINE_BINARY: path.join(repositoryRoot, "tooling/prisma-engine/bin/schema-engine.mjs"),
  },
};

const drizzle: HostRecipe = {
  name: "t3-drizzle",
  title: "create-t3-app: Drizzle over postgres.js, Next 15, no tRPC",
  overlays: ["t3-drizzle"],
  scaffold: ["--drizzle"],
  dependencies: CLERK,
  devDependencies: {},
  prepare: [["drizzle-kit", "push", "--force"]],
  push: ["drizzle-kit", "push", "--force"],
  toolEnvironment: {},
  tables: { user: "shop_user", id: "id", clerkId: "clerk_id", email: "email", name: "full_name", newId: null },
  reference: {
    sql: "insert into shop_order (user_id, total) select id, length(id::text) from shop_user",
    count: "select count(*)::int as count from shop_order join shop_user on shop_user.id = user_id where total = 36",
  },
  hasTRPC: false,
  hasCustomers: false,
};

export const hosts: HostRecipe[] = [prisma6, prisma7, drizzle];
