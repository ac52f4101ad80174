import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { ask } from "../src/ask.ts";
import { LOADED_MS } from "../src/limits.ts";
import { firstRun } from "../src/runs.ts";
import { openStack } from "../src/stack.ts";
import { survive } from "../src/trouble.ts";

const AWAY_MS = 20_000;
const PAGE_MS = 5_000; // docs/guarantees.md, while Clerk's keys are not known yet

test("the network to Clerk swallows every byte, then refuses connections", () =>
  survive({
    name: "Clerk's network",
    async during({ stack, load, answers }) {
      stack.toClerk.swallow();
      await load.round();
      await pause(AWAY_MS);
      stack.toClerk.shut();
      await load.round();
      stack.toClerk.open();
      expect(answers().some(({ body }) => body.includes("CLERK_TIMEOUT"))).toBe(true);
      expect(answers().some(({ body }) => body.includes("CLERK_UNREACHABLE"))).toBe(true);
      await load.round();
    },
  }));

test("an app that starts while Clerk does not answer knows no keys: a signed-in user's page gets 503, and the session stays", async () => {
  await using stack = await openStack();
  const first = await stack.app();
  await firstRun(stack, first);
  await first.kill();
  stack.toClerk.silence();
  await first.restart();
  const { token, cookies } = await stack.clerk.signIn(stack.callers[1] ?? "", { azp: stack.origin });
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
  const headers = { cookie, accept: "text/html", "sec-fetch-dest": "document" };
  const page = () => ask("page", `${first.url}/dashboard/account`, { headers });
  const status = () =>
    ask("status", `${first.url}/api/trpc/sync.status`, { headers: { authorization: `Bearer ${token}` } });

  const [shown, asked] = await Promise.all([page(), status()]);
  expect(shown).toMatchObject({ status: 503, location: null });
  expect(shown.ms).toBeLessThan(PAGE_MS + LOADED_MS);
  expect(asked.status).toBe(502);
  expect(asked.body).toContain("CLERK_UNREACHABLE");

  stack.toClerk.open();
  await expect.poll(async () => (await status()).status, { timeout: 30_000 }).toBe(200);
  expect((await page()).status).toBe(200);
});
