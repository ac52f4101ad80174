import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createClient } from "@rollcall/db/client";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCommand } from "./run-command.ts";
import { runScript } from "./run-script.ts";

let production: Emulator;
let development: Emulator;
let database: TestDatabase;
let db: ReturnType<typeof createClient>;
beforeAll(async () => {
  production = await startEmulator({ users: 2 });
  development = await startEmulator({ users: 2 });
  database = await createTestDatabase();
  db = createClient(database.url);
});
afterAll(async () => {
  await db.$disconnect();
  await production.stop();
  await development.stop();
  await database[Symbol.asyncDispose]();
});

const setup = ({ secretKey, url }: Emulator) => ({
  CLERK_SECRET_KEY: secretKey,
  CLERK_API_URL: url,
  POSTGRES_URL: database.url,
});
const run = (
  name: "sync-user" | "sync-adopt",
  args: string[],
  clerk: Emulator,
  environment: Record<string, string> = {},
) => runCommand(name, args, { ...setup(clerk), ...environment });

test("a copy of production refuses development keys with exit code 3, until it is adopted", async () => {
  expect(await run("sync-user", [production.memberUserId], production)).toMatchObject({ code: 0 });

  const refused = await run("sync-user", [development.memberUserId], development);
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(/^INSTANCE_REFUSED: .*pnpm sync:adopt/);
  expect(refused.stderr).toContain(development.instanceId);
  expect(refused.stderr).toContain(production.instanceId);
  const json = await run("sync-user", [development.memberUserId, "--json"], development);
  expect(json.code).toBe(3);
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, error: { code: "INSTANCE_REFUSED" } });
  expect((await db.user.findMany()).map(({ id }) => id)).toEqual([production.memberUserId]);

  const adopted = await runScript("sync-adopt", [], setup(development));
  expect(adopted).toMatchObject({ code: 0, stderr: "" });
  expect(adopted.stdout).toContain(`now mirrors the Clerk instance ${development.instanceId}`);
  expect(adopted.stdout).toContain("1 users of the previous instance");
  expect(adopted.stdout).toContain("pnpm sync:all");

  expect(await run("sync-user", [development.memberUserId], development)).toMatchObject({ code: 0 });
  expect((await db.user.findMany()).map(({ id }) => id).sort()).toEqual(
    [production.memberUserId, development.memberUserId].sort(),
  );

  const again = await run("sync-adopt", [], development);
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing to do") });

  await db.$executeRawUnsafe(`update rollcall."ClerkUser" set "instanceId" = $1`, production.instanceId);
  const strays = await run("sync-adopt", [], development);
  expect(strays).toMatchObject({ code: 0, stdout: expect.stringContaining("1 users of another instance") });
  expect(strays.stdout).not.toContain("Nothing to do");
});

test.each([
  ["an unknown option", ["--nope"], {}, 2, /--nope/],
  ["a key that Clerk refuses", [], { CLERK_SECRET_KEY: "sk_live_wrong" }, 2, /CLERK_UNAUTHORIZED/],
  ["a database that is down", [], { POSTGRES_URL: "postgresql://me:hunter2@127.0.0.1:1/x" }, 6, /DATABASE_UNREACHABLE/],
] as const)("%s: says what to do", async (_, args, environment, expected, message) => {
  const { code, stdout, stderr } = await run("sync-adopt", [...args], development, environment);
  expect(stderr).toMatch(message);
  expect({ code, stdout }).toEqual({ code: expected, stdout: "" });
  expect(stderr).not.toContain("hunter2");
  expect(stderr).not.toMatch(/\n\s+at /);
});
