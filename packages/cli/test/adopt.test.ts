import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HostFolder, openHostFolder } from "./host.ts";

let clerk: Emulator;
let database: TestDatabase;
let host: HostFolder;

const ROLLCALL = `import { createRollcall } from "@rollcall/sync";
import { pgDatabase } from "@rollcall/sync/pg";
import pg from "pg";

declare global { var pool: pg.Pool | undefined }
const pool: pg.Pool = (globalThis.pool ??= new pg.Pool({ connectionString: process.env.DATABASE_URL }));

export const rollcall = createRollcall({
  db: pgDatabase(pool),
  clerk: { secretKey: process.env.CLERK_SECRET_KEY, apiUrl: process.env.CLERK_API_URL },
  tables: { user: { table: "people", key: "clerk_id", id: "id", columns: { email: "email" } }, customer: null },
});
`;

beforeEach(async () => {
  clerk = await startEmulator({ users: 2 });
  database = await createTestDatabase();
  await sql(
    `create table people (id uuid primary key default gen_random_uuid(), clerk_id text unique, email text unique)`,
  );
  await sql(`insert into people (email) values ('member@example.com'), ('=stranger@example.com')`);
  host = await openHostFolder({
    "package.json": "{}",
    ".env": `DATABASE_URL="${database.url}"\nCLERK_SECRET_KEY=${clerk.secretKey}\nCLERK_API_URL=${clerk.url}\n`,
    "src/server/rollcall.ts": ROLLCALL,
  });
});
afterEach(async () => {
  await host[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await clerk.stop();
});

async function sql<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
  const client = new pg.Client(database.url);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

const links = () => sql(`select email, clerk_id from people order by email`);

test("adopt --report counts how rows and users fit together, and writes nothing", async () => {
  const before = await links();

  const { code, stdout } = await host.rollcall(["adopt", "--report"]);

  expect(code).toBe(0);
  expect(stdout).toMatch(/^ +1 {2}users with the verified email of a row without Clerk's id/m);
  expect(stdout).toMatch(/^ +1 {2}users without a row/m);
  expect(stdout).toMatch(/^ +1 {2}rows that match no user at Clerk/m);
  expect(await links()).toEqual(before);
});

test("adopt --report --csv lists every user, with no cell that a spreadsheet takes for a formula", async () => {
  const { stdout, stderr } = await host.rollcall(["adopt", "--report", "--csv"]);

  const [head, ...rows] = stdout.trim().split("\n");
  expect(head).toBe("class,clerkId,rowIds,email,reason");
  expect(rows).toHaveLength(3);
  expect(rows).toContainEqual(expect.stringMatching(/^verified_email,user_\w+,[\w-]+,member@example\.com,$/));
  expect(rows).toContainEqual(expect.stringMatching(/^only_here,,[\w-]+,'=stranger@example\.com,$/));
  expect(stderr).toContain("users without a row");
});

test("adopt --link verified-email writes Clerk's id only into the row with the same verified email", async () => {
  const { code, stdout } = await host.rollcall(["adopt", "--link", "verified-email"]);

  expect(code).toBe(0);
  expect(stdout).toContain("1 rows now have Clerk's id");
  expect(await links()).toEqual([
    { email: "=stranger@example.com", clerk_id: null },
    { email: "member@example.com", clerk_id: clerk.memberUserId },
  ]);
});

test("adopt --prune asks Clerk about rows never synced, and marks unknown users as deleted only if confirmed", async () => {
  await host.rollcall(["sync-user", clerk.adminUserId]); // the database mirrors the instance
  await sql(`insert into people (email, clerk_id) values ('gone@example.com', 'user_Gone')`);

  const asked = await host.rollcall(["adopt", "--prune"]);
  expect(asked.code).toBe(4);
  expect(asked.stdout).toContain("1 are unknown to Clerk");
  expect(await sql(`select email from people where clerk_id = 'user_Gone'`)).toEqual([{ email: "gone@example.com" }]);

  const confirmed = await host.rollcall(["adopt", "--prune", "--confirm-deletions"]);
  expect(confirmed).toMatchObject({ code: 0, stdout: expect.stringContaining("1 are marked as deleted") });
  expect(await sql(`select email from people where clerk_id = 'user_Gone'`)).toEqual([{ email: null }]);
});

test.each([[["--link", "email"]], [["--csv"]], [["--confirm-deletions"]], [["--report", "--link", "external-id"]]])(
  "adopt %j is refused, and says why",
  async (args) => {
    const { code, stderr } = await host.rollcall(["adopt", ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain("npx rollcall adopt --report");
  },
);
