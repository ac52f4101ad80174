import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startEmulator } from "@rollcall/clerk-emulator";
import { createTestDatabase } from "@rollcall/dev-stack/testing";
import { expect, test } from "vitest";
import { lastLine } from "./run-script.ts";

const run = promisify(execFile);

test("the built commands run by Node alone, in a folder without node_modules", async () => {
  await using emulator = await startEmulator({ users: 3 });
  await using database = await createTestDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-built-"));
  try {
    const scripts = fileURLToPath(new URL("..", import.meta.url));
    await run(process.execPath, ["--import", "tsx", "build.ts", folder], { cwd: scripts });
    const env = { POSTGRES_URL: database.url, CLERK_SECRET_KEY: emulator.secretKey, CLERK_API_URL: emulator.url };
    const { stdout } = await run(process.execPath, ["sync-all-users.mjs", "--json"], { cwd: folder, env });
    expect(lastLine(stdout)).toMatchObject({ state: "done", created: 3 });
  } finally {
    await rm(folder, { recursive: true });
  }
});
