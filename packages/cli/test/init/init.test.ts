import { readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { readFiles } from "../../src/init/read-files.ts";
import { copyHost } from "./host-folder.ts";

test("mounts in create-t3-app with Prisma: one file, one route, lines in trpc.ts, root.ts and env.js", async () => {
  using host = copyHost("t3-prisma");
  const { exitCode } = await host.init("--yes");

  expect(exitCode).toBe(0);
  expect(host.read("src/server/rollcall.ts")).toContain(`  tables: {
    user: {
      table: "User",
      key: "clerkId",
      id: "id",
      newId: createId,
      columns: { email: "email", name: "name", image: "avatarUrl" },
      updatedAt: "updatedAt",
    },
    customer: { table: "Customer", userKey: "userId", name: "name" },
  },`);
  expect(host.read("src/server/rollcall.ts")).toContain('import { db } from "~/server/db";');
  expect(host.read("src/app/api/rollcall/[...rollcall]/route.ts")).toBe(`import { handlers } from "~/server/rollcall";

export const maxDuration = 60;
export const GET = handlers.all;
export const POST = handlers.all;
`);
  expect(host.read("src/server/api/trpc.ts")).toContain(
    "export const protectedProcedure = publicProcedure.concat(rollcallTRPC.authed);",
  );
  expect(host.read("src/server/api/root.ts")).toContain(`  post: postRouter,
  sync: rollcallTRPC.router,
});`);
  expect(host.read("src/env.js")).toContain("    CRON_SECRET: process.env.CRON_SECRET,\n");
  expect(host.read(".env.example")).toContain('CLERK_WEBHOOK_SIGNING_SECRET=""\n');
});

test("mounts in create-t3-app with Drizzle, over the client below it, without tRPC", async () => {
  using host = copyHost("t3-drizzle");
  await host.init("--yes");

  const file = host.read("src/server/rollcall.ts");
  expect(file).toContain("db: postgresJsDatabase(db.$client),");
  expect(file).toContain(`      table: "shop_user",
      key: "clerk_id",
      id: "id",
      columns: { email: "email", name: "full_name" },
      updatedAt: "updated_at",`);
  expect(file).toContain("customer: null,");
  expect(file).not.toMatch(/trpc/i);
});

test("mounts in a plain app over a pool of pg, and says what it could not find out", async () => {
  using host = copyHost("plain-next");
  const { output } = await host.init("--yes");

  const file = host.read("lib/rollcall.ts");
  expect(file).toContain('import { pool } from "@/lib/database";');
  expect(file).toContain("db: pgDatabase(pool),");
  expect(file).toContain("connectionString: process.env.POSTGRES_URL,");
  expect(output).toContain("lib/rollcall.ts: no table of users was found");
  expect(output).toContain("proxy.ts protects routes: let /api/rollcall/(.*) through");
});

test("columns that look like more of Clerk's fields are offered, not taken", async () => {
  using host = copyHost("t3-prisma");
  const schema = host.read("prisma/schema.prisma");
  writeFileSync(
    path.join(host.root, "prisma/schema.prisma"),
    schema.replace(
      /^model User \{/m,
      'model User {\n  first String? @map("first_name")\n  username String? @unique\n  banned Boolean?',
    ),
  );
  const { output } = await host.init("--yes");
  expect(output).toContain(
    'add these to `tables.user.columns`: firstName: "first_name", username: "username", banned: "banned".',
  );
  expect(host.read("src/server/rollcall.ts")).toContain(
    'columns: { email: "email", name: "name", image: "avatarUrl" },',
  );
});

test.each(["t3-prisma", "t3-drizzle", "plain-next"])("a second time changes nothing: %s", async (name) => {
  using host = copyHost(name);
  await host.init("--yes");
  const first = readFiles(host.root);

  const { exitCode, output } = await host.init("--yes");

  expect(exitCode).toBe(0);
  expect(output).toContain("Nothing to write");
  expect(readFiles(host.root)).toEqual(first);
});

test("shows the difference first, and writes nothing in a dry run", async () => {
  using host = copyHost("t3-prisma");
  const before = readFiles(host.root);

  const { exitCode, output } = await host.init("--dry-run");

  expect(exitCode).toBe(0);
  expect(output).toContain("--- /dev/null\n+++ b/src/server/rollcall.ts\n");
  expect(output).toContain("--- a/src/server/api/root.ts\n+++ b/src/server/api/root.ts\n");
  expect(output).toContain("+  sync: rollcallTRPC.router,\n");
  expect(readFiles(host.root)).toEqual(before);
});

test("writes nothing without a terminal to ask", async () => {
  using host = copyHost("t3-prisma");
  const before = readFiles(host.root);

  const { exitCode } = await host.init();

  expect(exitCode).toBe(1);
  expect(readFiles(host.root)).toEqual(before);
});

test("never overwrites an existing file", async () => {
  using host = copyHost("plain-next");
  writeFileSync(path.join(host.root, "lib/rollcall.ts"), "export const mine = true;\n");
  writeFileSync(path.join(host.root, "vercel.json"), '{ "regions": ["fra1"] }\n');

  const { output } = await host.init("--yes");

  expect(host.read("lib/rollcall.ts")).toBe("export const mine = true;\n");
  expect(host.read("vercel.json")).toBe('{ "regions": ["fra1"] }\n');
  expect(output).toContain("lib/rollcall.ts: It is there already, and stays as it is");
  expect(output).toContain("vercel.json: Add the schedule to it");
});

test("prints the lines for a trpc.ts that it does not know", async () => {
  using host = copyHost("t3-prisma");
  const file = path.join(host.root, "src/server/api/trpc.ts");
  const own = `${host.read("src/server/api/trpc.ts")}\nexport const protectedProcedure = t.procedure.use(isSignedIn);\n`;
  writeFileSync(file, own);

  const { output } = await host.init("--yes");

  expect(host.read("src/server/api/trpc.ts")).toBe(own);
  expect(output).toContain("src/server/api/trpc.ts: Its procedures are not create-t3-app's");
  expect(output).toContain("  export const syncedProcedure = publicProcedure.concat(rollcallTRPC.synced);");
});

test("prints the SQL for columns that only the ORM fills, and for an email that must be there", async () => {
  using host = copyHost("t3-prisma");
  writeFileSync(
    path.join(host.root, "prisma/schema.prisma"),
    `model User {
  id      String   @id @default(uuid()) @db.Uuid
  email   String   @unique
  joined  DateTime @updatedAt
  account Customer?
  @@map("people")
}

model Customer {
  id     String @id @default(cuid())
  userId String @db.Uuid
  user   User   @relation(fields: [userId], references: [id])
}
`,
  );

  const { output } = await host.init("--yes");

  expect(output.match(/^ {2}ALTER .*$/gm)).toEqual([
    '  ALTER TABLE "people" ADD COLUMN "clerkId" text UNIQUE;',
    '  ALTER TABLE "people" ALTER COLUMN "email" DROP NOT NULL;',
    '  ALTER TABLE "people" ALTER COLUMN "joined" SET DEFAULT now();',
    '  ALTER TABLE "Customer" ADD UNIQUE ("userId");',
    '  ALTER TABLE "Customer" ALTER COLUMN "id" SET DEFAULT gen_random_uuid();',
  ]);
  expect(host.read("src/server/rollcall.ts")).toContain("newId: () => crypto.randomUUID(),");
  expect(output).toContain("in your Prisma schema too");
});

test("takes an id that nothing fills for Clerk's own", async () => {
  using host = copyHost("t3-prisma");
  writeFileSync(
    path.join(host.root, "prisma/schema.prisma"),
    "model User {\n  id String @id\n  email String? @unique\n}\n",
  );

  const { output } = await host.init("--yes");

  expect(host.read("src/server/rollcall.ts")).toContain(`      table: "User",
      key: "id",
      columns: { email: "email" },
    },
    customer: null,`);
  expect(output).not.toContain("ALTER TABLE");
});

test("prints the route if there is no App Router", async () => {
  using host = copyHost("plain-next");
  rmSync(path.join(host.root, "app"), { recursive: true });

  const { output } = await host.init("--yes");

  expect(output).toContain("app/api/rollcall/[...rollcall]/route.ts: There is no folder app/");
  expect(readdirSync(host.root)).not.toContain("app");
});

test("gives runs a connection without the pooler if the host names one", async () => {
  using host = copyHost("t3-prisma");
  writeFileSync(path.join(host.root, ".env.example"), 'DATABASE_URL=""\nDIRECT_URL=""\n');

  await host.init("--yes");

  expect(host.read("src/server/rollcall.ts")).toContain(
    "connectionString: process.env.DIRECT_URL ?? env.DATABASE_URL,",
  );
});

test("refuses a folder without a Next.js app", async () => {
  using host = copyHost("plain-next");
  writeFileSync(path.join(host.root, "package.json"), '{ "dependencies": { "express": "5" } }\n');

  expect((await host.init("--yes")).exitCode).toBe(2);
});
