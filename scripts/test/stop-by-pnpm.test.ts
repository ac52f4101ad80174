import { startEmulator } from "@rollcall/clerk-emulator";
import { createTestDatabase } from "@rollcall/dev-stack/testing";
import { expect, test } from "vitest";
import { startByPnpm } from "./run-script.ts";

// pnpm takes seconds to start: the worker's turn is in `pnpm test:deep`.
const commands = [
  ["sync:all", ["--workers=1"], "500 of 1200 users", 130],
  ...(process.env.DEEP === "1" ? ([["worker", [], "worker_started", 0]] as const) : []),
] as const;

test.each(commands)(
  "pnpm %s ends on SIGTERM, with its exit code and no process left behind",
  async (name, args, line, code) => {
    await using emulator = await startEmulator({ users: 1_200 });
    await using database = await createTestDatabase();
    await fetch(`${emulator.url}/__control/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ latencyMs: 1_000, path: "/v1/users" }),
    });
    const command = startByPnpm(name, [...args], {
      CLERK_SECRET_KEY: emulator.secretKey,
      CLERK_API_URL: emulator.url,
      POSTGRES_URL: database.url,
    });
    await expect.poll(() => command.stdout() + command.stderr(), { timeout: 60_000 }).toContain(line);
    command.process.kill("SIGTERM");
    expect(await command.ended).toMatchObject({ code });
  },
);
