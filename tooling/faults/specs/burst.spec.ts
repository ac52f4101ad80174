import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import type { Answer } from "../src/ask.ts";
import type { ClerkUser } from "../src/clerk.ts";
import { type Attempt, type Delivery, deliver, eventBody, inParallel, signed } from "../src/deliveries.ts";
import { printFigures } from "../src/figures.ts";
import * as invariants from "../src/invariants.ts";
import { startLoad } from "../src/load.ts";
import { firstRun } from "../src/runs.ts";
import { openStack, type Stack } from "../src/stack.ts";

// 5,000 in all: 10 % forged, 10 % repeated, 5 % too large, the rest Clerk's own.
const GENUINE = { created: 1_700, updated: 1_700, deleted: 100, ofSessions: 250 };
const FORGED = 500;
const REPEATED = 500;
const TOO_LARGE = 250;
const IN_FLIGHT = 32;

type Kind = "genuine" | "forged" | "repeated" | "too large";

interface Sent {
  kind: Kind;
  attempt: Attempt;
}

/** What Svix delivers again has the same id, and a signature of that moment. */
interface Message {
  id: string;
  body: string;
}

const numbers = (length: number) => Array.from({ length }, (_, number) => number);

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);

/** What happened at Clerk, as Clerk would deliver it. */
async function history(stack: Stack): Promise<Message[]> {
  const { clerk } = stack;
  await clerk.loseDeliveries(); // this spec sends them itself
  const ids = await clerk.signUp(GENUINE.created);
  const isNew = new Set(ids);
  const created = (await clerk.users()).filter(({ id }) => isNew.has(id));
  const updated: ClerkUser[] = [];
  await inParallel(ids, 16, async (id) => {
    updated.push(await clerk.change(id, { first_name: `Changed ${id.slice(-4)}` }));
  });
  const removed = ids.slice(0, GENUINE.deleted);
  await inParallel(removed, 16, (id) => clerk.remove(id));
  return [
    ...created.map((user) => eventBody(stack, "user.created", user)),
    ...updated.map((user) => eventBody(stack, "user.updated", user)),
    ...removed.map((id) => eventBody(stack, "user.deleted", { id, object: "user", deleted: true })),
    ...Array.from({ length: GENUINE.ofSessions }, () =>
      eventBody(stack, "session.created", { id: `sess_${randomUUID()}`, object: "session" }),
    ),
  ].map((body) => ({ id: `msg_${randomUUID()}`, body }));
}

/** As the genuine ones, but signed by someone else, and about users that do not exist, and callers that do. */
const forged = (stack: Stack, number: number): Delivery => {
  const id = number % 2 === 0 ? `user_Forged${number}` : (stack.callers[number % stack.callers.length] ?? "");
  const data = { id, object: "user", deleted: true };
  const secret = `whsec_${Buffer.from(randomUUID()).toString("base64")}`;
  return signed(stack, eventBody(stack, "user.deleted", data), { secret });
};

const tooLarge = (stack: Stack, number: number): Delivery => {
  const data = { id: `user_TooLarge${number}`, object: "user", deleted: true, padding: "x".repeat(300 * 1_024) };
  return signed(stack, eventBody(stack, "user.deleted", data));
};

test("a burst of 5,000 deliveries, a quarter of them forged, repeated or too large, leaves exactly what Clerk says", async () => {
  await using stack = await openStack();
  const app = await stack.app();
  await firstRun(stack, app);
  const genuine = await history(stack);
  const sent: Sent[] = shuffled([
    ...genuine.map(({ id, body }) => ({ kind: "genuine" as const, attempt: () => signed(stack, body, { id }) })),
    ...shuffled(genuine)
      .slice(0, REPEATED)
      .map(({ id, body }) => ({ kind: "repeated" as const, attempt: () => signed(stack, body, { id }) })),
    ...numbers(FORGED).map((number) => ({ kind: "forged" as const, attempt: () => forged(stack, number) })),
    ...numbers(TOO_LARGE).map((number) => ({ kind: "too large" as const, attempt: () => tooLarge(stack, number) })),
  ]);
  expect(sent).toHaveLength(5_000);

  const load = startLoad(stack, () => [app]);
  const answers: Answer[] = [];
  const statuses = new Map<Kind, Set<number | null>>();
  const from = performance.now();
  await inParallel(sent, IN_FLIGHT, async ({ kind, attempt }) => {
    const own = await deliver(() => app.url, attempt);
    answers.push(...own);
    statuses.set(kind, (statuses.get(kind) ?? new Set()).add(own.at(-1)?.status ?? null));
  });
  const seconds = Math.round((performance.now() - from) / 1_000);
  const all = [...answers, ...(await load.stop())];
  const peakMiB = await app.peakMemory();
  printFigures("burst", all, { deliveries: sent.length, seconds, peakMiB });

  expect(Object.fromEntries(statuses)).toEqual({
    genuine: new Set([200]),
    repeated: new Set([200]),
    forged: new Set([400]),
    "too large": new Set([413]),
  });
  invariants.expectAnsweredInTime(all);
  invariants.expectAllAnswered(all);
  invariants.expectNoFaults(all, [app]);
  invariants.expectSessionsKept(all);
  await invariants.expectLogged(
    stack,
    genuine.map(({ id }) => id),
  );
  // Without any run: the deliveries alone lead there, in whatever order they came.
  await invariants.expectTablesEqualClerk(stack);
  await invariants.expectOneRunRepairs(stack, app);
  await invariants.expectBoundedMemory(app);
  invariants.expectNoSecrets(stack, [app], all);
});
