import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createClient } from "@rollcall/db/client";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "./run-command.ts";
import { runScript } from "./run-script.ts";

let emulator: Emulator;
let database: TestDatabase;
let db: ReturnType<typeof createClient>;
let id: string;
beforeAll(async () => {
  emulator = await startEmulator({ users: 2 });
  database = await createTestDatabase();
  db = createClient(database.url);
  id = emulator.memberUserId;
});
beforeEach(() => db.$executeRawUnsafe(`truncate "User", "Customer", rollcall."ClerkUser", rollcall."ClerkInstance"`));
afterAll(async () => {
  await db.$disconnect();
  await emulator.stop();
  await database[Symbol.asyncDispose]();
});

const setup = () => ({
  CLERK_SECRET_KEY: emulator.secretKey,
  CLERK_API_URL: emulator.url,
  POSTGRES_URL: database.url,
});
const syncUser = (args: string[], environment: Record<string, string> = {}) =>
  runCommand("sync-user", args, { ...setup(), ...environment });
const bury = () =>
  db.$executeRawUnsafe(
    `insert into rollcall."ClerkUser" (id, "instanceId", "syncedAt", "deletedAt", "deletedBy") values ($1, $2, now(), now(), 'webhook')`,
    id,
    emulator.instanceId,
  );

test("copies one user, and reports the outcome", async () => {
  const asProcess = await runScript("sync-user", [id], setup());
  expect(asProcess).toEqual({ code: 0, stdout: expect.stringContaining(`${id}: created`), stderr: "" });
  expect(await db.user.findMany()).toMatchObject([{ id, email: emulator.memberEmail }]);
  const { code, stdout } = await syncUser([id, "--json"]);
  expect(code).toBe(0);
  expect(
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  ).toEqual([{ userId: id, outcome: "unchanged", conflict: false }]);
});

test("says where a user has no email here", async () => {
  await db.user.create({ data: { id: "own-1", email: emulator.memberEmail } });
  expect((await syncUser([id])).stdout).toContain("Without the email");
  expect(JSON.parse((await syncUser([id, "--json"])).stdout)).toMatchObject({ conflict: true });
});

describe("a user who was deleted here", () => {
  beforeEach(bury);

  test("stays so: exit code 1, and how to revive them", async () => {
    const { code, stdout, stderr } = await syncUser([id]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^USER_DELETED: .*pnpm sync:user ${id} --revive`));
    const json = await syncUser(["--json", id]);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toEqual({
      ok: false,
      error: { code: "USER_DELETED", message: expect.any(String), hint: expect.stringContaining("--revive") },
    });
    expect(await db.user.count()).toBe(0);
  });

  test("is revived on request", async () => {
    const { code, stdout } = await syncUser([id, "--revive", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ userId: id, outcome: "created", conflict: false });
    expect(await db.user.count()).toBe(1);
  });

  test("is not revived if Clerk does not know them either", async () => {
    await db.$executeRawUnsafe(`update rollcall."ClerkUser" set id = $1`, emulator.deletedUserId);
    expect(await syncUser([emulator.deletedUserId, "--revive"])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^USER_NOT_FOUND: /),
    });
    expect(await db.$queryRawUnsafe(`select "deletedBy"::text from rollcall."ClerkUser"`)).toEqual([
      { deletedBy: "webhook" },
    ]);
  });
});

test.each([
  ["a user that Clerk does not know", ["user_Nobody"], {}, 1, /USER_NOT_FOUND.*pnpm sync:all/],
  ["an id that is not Clerk's", ["../users"], {}, 1, /USER_NOT_FOUND/],
  ["no user", [], {}, 2, /Name one user.*\n\n.*\n\n {2}pnpm sync:user <id>/],
  ["two users", ["user_A", "user_B"], {}, 2, /Name one user/],
  ["an unknown option", ["user_A", "--nope"], {}, 2, /--nope/],
  ["a missing variable", ["user_A"], { CLERK_SECRET_KEY: "" }, 2, /CLERK_SECRET_KEY is not set/],
  ["a key that Clerk refuses", ["user_A"], { CLERK_SECRET_KEY: "sk_live_wrong" }, 2, /CLERK_UNAUTHORIZED/],
  ["a Clerk that is down", ["user_A"], { CLERK_API_URL: "http://127.0.0.1:1" }, 5, /CLERK_UNREACHABLE/],
  [
    "a database that is down",
    ["user_A"],
    { POSTGRES_URL: "postgresql://me:hunter2@127.0.0.1:1/x" },
    6,
    /DATABASE_UNREACHABLE.*Check POSTGRES_URL/,
  ],
] as const)("%s: says what to do", async (_, args, environment, expected, message) => {
  const { code, stdout, stderr } = await syncUser([...args], environment);
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
  expect(stderr).not.toContain("hunter2");
  expect(stderr).not.toMatch(/\n\s+at /);
});

test("a user that the database refuses: exit code 1, and the reason", async () => {
  await db.$executeRawUnsafe(`alter table "User" add constraint strict check (email <> '${emulator.memberEmail}')`);
  const { code, stdout } = await syncUser([id, "--json"]);
  await db.$executeRawUnsafe(`alter table "User" drop constraint strict`);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    error: { code: "DATA_REJECTED", message: expect.stringContaining("23514") },
  });
});

test("a setup error is one line of JSON, too", async () => {
  const { code, stdout, stderr } = await syncUser([id, "--json"], { POSTGRES_URL: "" });
  expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    error: { code: "NOT_CONFIGURED", message: expect.stringContaining("POSTGRES_URL is not set") },
  });
});
