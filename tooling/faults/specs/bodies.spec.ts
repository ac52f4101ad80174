import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, ask } from "../src/ask.ts";
import { eventBody, post, signed } from "../src/deliveries.ts";
import { printFigures } from "../src/figures.ts";
import { hostileBodies } from "../src/hostile-bodies.ts";
import * as invariants from "../src/invariants.ts";
import { startLoad } from "../src/load.ts";
import type { App } from "../src/programs.ts";
import { firstRun } from "../src/runs.ts";
import { openStack, type Stack } from "../src/stack.ts";

const MINUTE = 60_000;
const SLOW_CLIENTS = 100;

let stack: Stack;
let app: App;
beforeAll(async () => {
  stack = await openStack();
  app = await stack.app();
  await firstRun(stack, app);
  await stack.clerk.loseDeliveries();
}, 2 * MINUTE);
afterAll(() => stack[Symbol.asyncDispose]());

test("no signed body, however hostile, is a failure of the server, and afterwards one run makes the tables right", async () => {
  const user = await stack.clerk.user(stack.callers.at(-1) ?? "");
  const answers: Answer[] = [];
  const failed: string[] = [];
  for (const [name, body] of hostileBodies(stack.instanceId, user)) {
    const answer = await post(app.url, signed(stack, body));
    answers.push(answer);
    if (answer.status === null || answer.status >= 500)
      failed.push(`${name}: ${answer.status ?? answer.error} ${answer.body}`);
  }
  printFigures("hostile bodies", answers, { peakMiB: await app.peakMemory() });
  expect(failed).toEqual([]);
  invariants.expectAnsweredInTime(answers);
  await invariants.expectOneRunRepairs(stack, app);
  await invariants.expectBoundedMemory(app);
});

test("a delivery that is repeated is accepted; one that is old, or signed with an old secret, is not", async () => {
  const id = stack.callers.at(-1) ?? "";
  const genuine = signed(stack, eventBody(stack, "user.updated", await stack.clerk.user(id)));
  for (let times = 0; times < 3; times++) expect((await post(app.url, genuine)).status).toBe(200);
  await invariants.expectLogged(stack, [genuine.id]);

  const deletion = eventBody(stack, "user.deleted", { id, object: "user", deleted: true });
  const secret = `whsec_${Buffer.from("the secret before the last rotation").toString("base64")}`;
  const refused = [
    signed(stack, deletion, { at: Date.now() - 6 * MINUTE }),
    signed(stack, deletion, { at: Date.now() + 6 * MINUTE }),
    signed(stack, deletion, { secret }),
    { ...genuine, body: deletion },
    { ...genuine, headers: { ...genuine.headers, "svix-id": "msg_another" } },
  ];
  for (const delivery of refused) expect((await post(app.url, delivery)).status).toBe(400);
  await invariants.expectTablesEqualClerk(stack);
});

test("hostile calls of the API are refused, and never a failure of the server", async () => {
  const { token } = await stack.clerk.signIn(stack.adminId, { azp: stack.origin });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  const bodies = [
    "{",
    "null",
    deep,
    `{"json":${deep}}`,
    `{"json":{"kind":${deep}}}`,
    `{"json":{"kind":"full\u0000"}}`,
    '{"json":{"kind":"\\ud800"}}',
    '{"json":{"kind":"incremental","__proto__":{"dryRun":true}},"meta":{"values":{"__proto__.polluted":["Date"]}}}',
    `{"json":{"kind":"full"},"meta":{"values":${deep}}}`,
  ];
  const answers: Answer[] = [];
  for (const body of bodies) {
    for (const procedure of ["cancelRun", "syncUser", "retryEffect"]) {
      answers.push(await ask("status", `${app.url}/api/trpc/sync.${procedure}`, { method: "POST", headers, body }));
    }
  }
  for (const input of ["%", encodeURIComponent(deep.slice(0, 4_000)), "%00", "%ED%A0%80", "null"]) {
    answers.push(await ask("status", `${app.url}/api/trpc/sync.user?input=${input}`, { headers }));
  }
  for (const credentials of [
    "Bearer",
    "Bearer a.b.c",
    `Bearer ${"x".repeat(8_000)}`,
    `Bearer ${token}x`,
    "Basic Og==",
  ]) {
    const answer = await ask("status", `${app.url}/api/trpc/sync.status`, { headers: { authorization: credentials } });
    expect(answer.status).toBe(401);
  }
  expect(
    answers.filter(({ status }) => status === null || status >= 500).map(({ body }) => body.slice(0, 300)),
  ).toEqual([]);
  expect((await ask("status", `${app.url}/api/trpc/sync.status`, { headers })).status).toBe(200);
});

test("a hundred clients that send their bodies byte by byte delay no one else", async () => {
  const clients: Socket[] = [];
  const port = Number(new URL(app.url).port);
  while (clients.length < SLOW_CLIENTS) {
    const client = connect(port, "localhost").on("error", () => {});
    clients.push(client);
    await once(client, "connect");
    client.write(
      "POST /api/webhooks/clerk HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 200000\r\n\r\n",
    );
  }
  const dribble = setInterval(() => {
    for (const client of clients) client.write("{");
  }, 500);
  const load = startLoad(stack, () => [app]);
  try {
    await load.round();
    await pause(15_000);
    const delivery = signed(stack, eventBody(stack, "user.updated", await stack.clerk.user(stack.callers[1] ?? "")));
    expect((await post(app.url, delivery)).status).toBe(200);
  } finally {
    clearInterval(dribble);
    for (const client of clients) client.destroy();
  }
  const answers = await load.stop();
  printFigures("slow clients", answers, { peakMiB: await app.peakMemory() });
  invariants.expectAnsweredInTime(answers);
  invariants.expectAllAnswered(answers);
  invariants.expectNoFaults(answers, [app]);
  invariants.expectSessionsKept(answers);
  await invariants.expectBoundedMemory(app);
  invariants.expectNoSecrets(stack, [app], answers);
});
