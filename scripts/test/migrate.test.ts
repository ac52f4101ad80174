import { createTestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";
import { expect, test } from "vitest";
import { runCommand } from "./run-command.ts";
import { runScript } from "./run-script.ts";

test("creates the queue's tables, for workers without that right, and is safe to repeat", async () => {
  await using database = await createTestDatabase();
  const environment = { POSTGRES_URL: database.url };
  for (const run of [runScript, runCommand]) {
    expect(await run("migrate", [], environment)).toMatchObject({ code: 0, stderr: "" });
  }
  const client = new pg.Client(database.url);
  await client.connect();
  const { rows } = await client.query("select name from rollcall_queue.queue order by name");
  await client.end();
  expect(rows).toEqual([{ name: "slices_v2" }]);
});

test("a database that is down is named, with exit code 6", async () => {
  const { code, stderr } = await runCommand("migrate", [], {
    POSTGRES_URL: "postgresql://me:hunter2@127.0.0.1:1/x",
  });
  expect(code).toBe(6);
  expect(stderr).toMatch(/^DATABASE_UNREACHABLE/);
  expect(stderr).not.toContain("hunter2");
});
