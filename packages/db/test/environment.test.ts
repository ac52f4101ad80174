import { createTestDatabase } from "@rollcall/dev-stack/testing";
import { afterEach, expect, test, vi } from "vitest";
import { EnvironmentError, readEnvironment } from "../src/environment.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
  globalThis.rollcallDb = undefined;
});

test.each([undefined, ""])("without POSTGRES_URL (%j) the error names it and says what to do", (value) => {
  const reading = () => readEnvironment({ POSTGRES_URL: value });
  expect(reading).toThrow(EnvironmentError);
  expect(reading).toThrow(/^POSTGRES_URL is not set\. Set it to the connection string of your Postgres/);
});

test.each([
  "mysql://alice:hush@db.example/rollcall",
  "db.example/rollcall?hush",
  "postgres://alice:hu#sh@db.example/rollcall",
])("%s is refused, and not repeated in the message", (value) => {
  const reading = () => readEnvironment({ POSTGRES_URL: value });
  expect(reading).toThrow(/^POSTGRES_URL is not a connection string/);
  expect(reading).not.toThrow(/hu#?sh|db\.example/);
});

test("importing the package without POSTGRES_URL fails with that error", async () => {
  vi.stubEnv("POSTGRES_URL", undefined);
  await expect(import("../src/index.ts")).rejects.toMatchObject({ code: "NOT_CONFIGURED", name: "EnvironmentError" });
});

test("db is one client, also when the module is loaded again", async () => {
  await using database = await createTestDatabase();
  vi.stubEnv("POSTGRES_URL", database.url);

  const { db } = await import("../src/index.ts");
  expect(await db.user.count()).toBe(0);

  vi.resetModules();
  const reloaded = await import("../src/index.ts");
  expect(reloaded.db).toBe(db);
  await db.$disconnect();
});
