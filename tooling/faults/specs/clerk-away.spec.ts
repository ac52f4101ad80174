import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { ask } from "../src/ask.ts";
import { expectAnsweredInTime } from "../src/invariants.ts";
import { LOADED_MS } from "../src/limits.ts";
import type { App } from "../src/programs.ts";
import { firstRun } from "../src/runs.ts";
import { openStack, type Stack } from "../src/stack.ts";
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

/** As a browser and as a program, with a new session of a user. */
async function callsOf(stack: Stack, { url }: App) {
  const { token, cookies } = await stack.clerk.signIn(stack.callers[1] ?? "", { azp: stack.origin });
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
  const asBrowser = { cookie, accept: "text/html", "sec-fetch-dest": "document" };
  return {
    page: () => ask("page", `${url}/dashboard/account`, { headers: asBrowser }),
    status: () => ask("status", `${url}/api/trpc/sync.status`, { headers: { authorization: `Bearer ${token}` } }),
  };
}

test("an app that starts while Clerk does not answer knows no keys: a signed-in user's page gets 503, and the session stays", async () => {
  await using stack = await openStack();
  const app = await stack.app();
  await firstRun(stack, app);
  stack.toClerk.silence();
  await app.restart();
  const { page, status } = await callsOf(stack, app);
  const [shown, asked] = await Promise.all([page(), status()]);
  expect(shown).toMatchObject({ status: 503, location: null });
  expect(shown.ms).toBeLessThan(PAGE_MS + LOADED_MS);
  expect(asked.status).toBe(502);
  expect(asked.body).toContain("CLERK_UNREACHABLE");

  stack.toClerk.open();
  await expect.poll(async () => (await status()).status, { timeout: 30_000 }).toBe(200);
  expect((await page()).status).toBe(200);
});

test("with CLERK_JWT_KEY, an app that starts while Clerk does not answer serves signed-in users", async () => {
  await using stack = await openStack();
  const app = await stack.app({ CLERK_JWT_KEY: await stack.clerk.publicKey() });
  await firstRun(stack, app);
  stack.toClerk.silence();
  await app.restart();
  const { page, status } = await callsOf(stack, app);
  const answers = await Promise.all([page(), status()]);
  expect(answers.map((answer) => answer.status)).toEqual([200, 200]);
  expectAnsweredInTime(answers);
});

test("what the proxy, the pages and the routes know of Clerk's keys is the same: one of them asks, for all", async () => {
  await using stack = await openStack();
  const app = await stack.app();
  await firstRun(stack, app);
  await app.restart();
  const { page, status } = await callsOf(stack, app);
  await stack.clerk.fail({ path: "/v1/jwks", status: 500 });
  await stack.clerk.fail({ path: "/v1/jwks", times: 1 }); // the first request is answered
  expect((await page()).status).toBe(200);
  expect((await status()).status).toBe(200);
});
