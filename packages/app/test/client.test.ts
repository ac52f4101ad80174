import { createTestDatabase } from "@rollcall/dev-stack/testing";
import { afterEach, expect, test, vi } from "vitest";

const keys = { CLERK_SECRET_KEY: "sk_test_battery", NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "pk_test_staple" };

function configure(variables: Record<string, string | undefined>): void {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
}

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
  globalThis.rollcallDb = undefined;
  globalThis.rollcallMirror = undefined;
});

test("importing the package without POSTGRES_URL fails, and names it", async () => {
  configure({ ...keys, POSTGRES_URL: undefined });
  await expect(import("../src/index.ts")).rejects.toMatchObject({ code: "NOT_CONFIGURED", name: "EnvironmentError" });
});

test("db is one client, also when the module is loaded again", async () => {
  await using database = await createTestDatabase();
  configure({ ...keys, POSTGRES_URL: database.url });

  const { db } = await import("../src/index.ts");
  expect(await db.user.count()).toBe(0);

  vi.resetModules();
  const reloaded = await import("../src/index.ts");
  expect(reloaded.db).toBe(db);
  await db.$disconnect();
});
