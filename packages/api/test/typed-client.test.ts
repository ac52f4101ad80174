import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createTestDatabase } from "@rollcall/dev-stack/testing";
import type { DirectoryStatus } from "@rollcall/sync";
import { expect, expectTypeOf, test } from "vitest";
import type { RouterInputs, RouterOutputs } from "../src/index.ts";
import { startClerk } from "./app/clerk.ts";
import { startApp } from "./app/start-app.ts";

const EXAMPLE = fileURLToPath(new URL("../../../scripts/examples/typed-client.ts", import.meta.url));

test("a plain tRPC client with a session token syncs, reads the status and starts a run", async () => {
  await using database = await createTestDatabase();
  await using clerk = await startClerk();
  await using app = await startApp(clerk, database.url);
  const { token } = await clerk.signIn(clerk.adminUserId);

  const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", EXAMPLE], {
    env: { ...process.env, APP_URL: app.url, SESSION_TOKEN: token },
  });

  expect(stdout).toMatch(
    new RegExp(`^${clerk.adminUserId} \\(admin@example\\.com\\): (created|unchanged), true at 20`),
  );
  expect(stdout).toContain("state fresh");
  expect(stdout).toMatch(/users here, \d+ at Clerk\nrun [0-9a-f-]{36} begun: (planned|running|done), \d+ seen/);
});

test("its results are fully typed", () => {
  expectTypeOf<RouterOutputs["sync"]["syncMe"]["syncedAt"]>().toEqualTypeOf<Date>();
  expectTypeOf<RouterOutputs["sync"]["status"]["directory"]>().toEqualTypeOf<DirectoryStatus | null>();
  expectTypeOf<RouterOutputs["sync"]["syncAll"]["joined"]>().toEqualTypeOf<boolean>();
  expectTypeOf<RouterInputs["sync"]["run"]>().toEqualTypeOf<{ runId: string }>();
});
