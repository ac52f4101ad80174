import type { ClerkUser } from "@rollcall/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bearer, CRON_SECRET, type GuardedApp, METRICS_TOKEN, openGuardedApp } from "../app/guarded-app.ts";
import { testThatNothingLeaks } from "../app/nothing-leaks.ts";
import { procedures } from "../app/procedures.ts";
import type { RecordedApp } from "../app/record-answers.ts";
import { signDelivery } from "../app/sign-delivery.ts";
import { ORIGIN } from "../app/start-app.ts";

let guarded: GuardedApp;
beforeAll(async () => {
  guarded = await openGuardedApp();
});
afterAll(() => guarded[Symbol.asyncDispose]());

/** Calls every entry point as an admin whose token was made for the origin `azp`, and waits until it is logged. */
async function callEverything(member: ClerkUser, at: RecordedApp, azp = ORIGIN): Promise<number[]> {
  const failures = () => at.process.log().filter(({ event }) => event === "sync_failed" || event === "webhook_failed");
  const before = failures().length;
  const headers = async () => bearer(await guarded.signIn({ azp, metadata: { role: "admin" } }));
  const answers = [
    await at.fetch("/api/health"),
    await at.fetch("/api/cron/sync", { headers: { authorization: `Bearer ${CRON_SECRET}` } }),
    await at.fetch("/api/metrics", { headers: { authorization: `Bearer ${METRICS_TOKEN}` } }),
    await guarded.syncCurrentUser(await headers(), "GET", at),
  ];
  for (const name of Object.keys(procedures)) answers.push(await guarded.call(name, await headers(), at));
  const envelope = { type: "user.updated", instance_id: guarded.clerk.instanceId, timestamp: Date.now(), data: member };
  answers.push(
    await at.fetch("/api/webhooks/clerk", {
      method: "POST",
      ...signDelivery(JSON.stringify(envelope), guarded.clerk.webhookSigningSecret),
    }),
  );
  await expect.poll(() => failures().length).toBeGreaterThan(before);
  return answers.map(({ status }) => status);
}
const member = () => guarded.clerk.user(guarded.clerk.memberUserId);

test("every entry point answers without a database", async () => {
  const cutOff = await guarded.startCutOff();
  expect(await callEverything(await member(), cutOff, cutOff.process.url)).toContain(503);
});

test("every entry point answers if the tables are not as expected", async () => {
  await guarded.sql.query(`alter table "Customer" rename to "Elsewhere"`);
  try {
    expect(await callEverything(await member(), guarded.app)).toContain(500);
  } finally {
    await guarded.sql.query(`alter table "Elsewhere" rename to "Customer"`);
  }
});

test("every entry point answers if Clerk refuses the key", async () => {
  const known = await member();
  await guarded.clerk.fail({ status: 401, path: "/v1/" });
  expect(await callEverything(known, guarded.app)).toContain(502);
  await guarded.clerk.endFaults();
});

test("it is logged", () => {
  expect(guarded.apps).toHaveLength(2);
  for (const { process } of guarded.apps) expect(process.log().length).toBeGreaterThan(0);
});

testThatNothingLeaks(() => guarded);
