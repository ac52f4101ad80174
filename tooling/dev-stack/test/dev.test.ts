import { programFile } from "@rollcall/dev-stack/testing/program-file";
import { expect, test } from "vitest";
import { createEmptyDatabase, query } from "./database.ts";
import { run } from "./program.ts";

const dev = (environment: Record<string, string>) => run([programFile("dev")], environment).ended;

test("a developer's own database is not changed: dev says what it lacks, and how to migrate it", async () => {
  await using database = await createEmptyDatabase();
  const { code, stdout, stderr } = await dev({ POSTGRES_URL: database.url });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("20261125000000_users_and_customers");
  expect(stderr).toContain("`pnpm db:migrate`");
  expect(await query(database.url, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toEqual(
    [],
  );
});

test.each([
  ["does not answer", "postgresql://rollcall:s3cret@127.0.0.1:1/rollcall", "ECONNREFUSED"],
  ["is not a connection string", "postgresql://rollcall:s3cret#1@db/rollcall", "ERR_INVALID_URL"],
])("if POSTGRES_URL %s, dev says what to do, without the password and without a stack", async (_, url, reason) => {
  const { code, stdout, stderr } = await dev({ POSTGRES_URL: url });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/POSTGRES_URL.*unset it to use the database that dev creates/);
  expect(stderr).toContain(reason);
  expect(stderr).not.toMatch(/s3cret|^ +at /m);
});

test("one of Clerk's two keys without the other is named", async () => {
  const fromSource = ["--import", "tsx", "tooling/dev-stack/src/commands/dev.ts"];
  const { code, stdout, stderr } = await run(fromSource, { CLERK_SECRET_KEY: "sk_test_alone" }).ended;
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY is not set");
});
