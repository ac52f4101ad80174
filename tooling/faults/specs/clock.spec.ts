import { expect, test } from "vitest";
import { ask } from "../src/ask.ts";
import { eventBody, post, signed } from "../src/deliveries.ts";
import * as invariants from "../src/invariants.ts";
import { firstRun, setBackTwoHours } from "../src/runs.ts";
import { openStack } from "../src/stack.ts";

const AN_HOUR_MS = 3_600_000;
const CLOCK = new URL("../src/clock.mjs", import.meta.url).href;

test.each([
  ["fast", AN_HOUR_MS],
  ["slow", -AN_HOUR_MS],
])("a machine whose clock is an hour %s says so, writes nothing wrong, and loses nothing", async (_, offset) => {
  await using stack = await openStack();
  const right = await stack.app();
  await firstRun(stack, right);
  await stack.clerk.loseDeliveries();
  const environment = { NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_OFFSET_MS: String(offset) };
  const wrong = await stack.app(environment);

  // A token lives for a minute by Clerk's clock, so this machine cannot accept it. It says why.
  const id = stack.callers.at(-1) ?? "";
  const { token } = await stack.clerk.signIn(id, { azp: stack.origin });
  const headers = { authorization: `Bearer ${token}` };
  const refused = await ask("sync-current-user", `${wrong.url}/api/sync-current-user`, { headers });
  expect(refused.status).toBe(401);
  expect(refused.body).toMatch(/clock/i);
  const health = await ask("health", `${wrong.url}/api/health`);
  expect(JSON.parse(health.body)).toMatchObject({ status: "degraded", database: "ok", clerk: "clock_differs" });

  // A delivery's signature has a time, too. Svix delivers again, to whichever machine is next.
  const changed = await stack.clerk.change(id, { first_name: "Changed" });
  const delivery = signed(stack, eventBody(stack, "user.updated", changed));
  const unaccepted = await post(wrong.url, delivery);
  expect(unaccepted.status).toBe(400);
  expect(unaccepted.body).toMatch(/clock/i);
  expect((await post(right.url, delivery)).status).toBe(200);
  await invariants.expectLogged(stack, [delivery.id]);
  await invariants.expectTablesEqualClerk(stack);

  // A run on that machine: what it decides depends on Clerk's and the database's clocks alone.
  const [renamed, gone] = await stack.clerk.signUp(2);
  expect(await stack.syncAll(environment)).toBe(0);
  await stack.clerk.change(renamed ?? "", { first_name: "Renamed" });
  await stack.clerk.remove(gone ?? "");
  await setBackTwoHours(stack);
  expect(await stack.syncAll(environment)).toBe(0);
  await invariants.expectTablesEqualClerk(stack);
  const { rows } = await stack.server.sql.query(
    `select id from rollcall."ClerkUser" where "checkedAt" > clock_timestamp() + interval '1 minute'
       or "syncedAt" > clock_timestamp() + interval '1 minute' or "deletedAt" > clock_timestamp() + interval '1 minute'`,
  );
  expect(rows).toEqual([]);

  // The session was never ended: the machine with the right clock accepts it.
  const again = await stack.clerk.signIn(id, { azp: stack.origin });
  const served = await ask("status", `${right.url}/api/trpc/sync.status`, {
    headers: { authorization: `Bearer ${again.token}` },
  });
  expect(served.status).toBe(200);
  expect(served.body).toContain('"state":"fresh"');
  await invariants.expectOneRunRepairs(stack, right);
});
