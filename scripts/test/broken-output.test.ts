import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createTestDatabase } from "@rollcall/dev-stack/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lastLine, startScript } from "./run-script.ts";

const USERS = 600;

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ users: USERS });
});
afterAll(() => emulator.stop());

const environment = (database: { url: string }) => ({
  CLERK_SECRET_KEY: emulator.secretKey,
  CLERK_API_URL: emulator.url,
  POSTGRES_URL: database.url,
});

test("if its progress is no longer read, sync:all continues to the end", async () => {
  await using database = await createTestDatabase();
  const script = startScript("sync-all-users", ["--json"], environment(database));
  script.process.stderr?.destroy();
  const { code, stdout } = await script.ended;
  expect(code).toBe(0);
  expect(lastLine(stdout)).toMatchObject({ state: "done", created: USERS });
});

test("if its result is not read, sync:all ends with the run's exit code", async () => {
  await using database = await createTestDatabase();
  const script = startScript("sync-all-users", ["--json"], environment(database));
  script.process.stdout?.destroy();
  expect(await script.ended).toMatchObject({ code: 0, stderr: expect.stringContaining(`${USERS} of ${USERS} users`) });
});

// An error that is thrown outside the command's own code, as by a library's timer.
const THROWS_ON_SIGUSR2 =
  "--import=data:text/javascript,process.once('SIGUSR2',()=>{throw%20new%20Error('a%20defect')})";

test.each([
  ["sync-all-users", [], "stderr", "of 600 users"],
  ["worker", [], "stdout", "worker_started"],
] as const)("a crash of %s exits with code 5", async (name, args, stream, line) => {
  await using database = await createTestDatabase();
  await fetch(`${emulator.url}/__control/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ latencyMs: 500, path: "/v1/users" }),
  });
  const script = startScript(name, [...args], { ...environment(database), NODE_OPTIONS: THROWS_ON_SIGUSR2 });
  await expect.poll(script[stream], { timeout: 60_000 }).toContain(line);
  script.process.kill("SIGUSR2");
  expect(await script.ended).toMatchObject({ code: 5, stderr: expect.stringContaining("Unexpected: Error: a defect") });
});
