import fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { isCurrent } from "../../src/freshness/is-current.ts";
import { rounds } from "../rounds.ts";
import { SimulatedClerk, type Token } from "./simulated-clerk.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const LAG = 60 * SECOND; // Clerk's replicas are believed to lag no more
const histories = { ...rounds(400), interruptAfterTimeLimit: 60_000 };

beforeAll(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterAll(() => {
  vi.useRealTimers();
});

// The differences that matter are small: within a second, within Clerk's lag, and around a token's life.
const pause = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.nat(SECOND) },
  { weight: 4, arbitrary: fc.nat(30 * SECOND) },
  { weight: 1, arbitrary: fc.integer({ min: 55 * SECOND, max: 65 * SECOND }) },
  { weight: 1, arbitrary: fc.nat(10 * MINUTE) },
);
const anyLag = fc.oneof(fc.constant(0), fc.constant(LAG), fc.nat(LAG));

const step = (lag: fc.Arbitrary<number>, claims: fc.Arbitrary<boolean>) =>
  fc.record({
    pause,
    what: fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant("change" as const) }) },
      { weight: 6, arbitrary: fc.record({ do: fc.constant("sign in" as const), lag, claim: claims }) },
      {
        weight: 12,
        arbitrary: fc.record({
          do: fc.constant("call" as const),
          process: fc.nat(2),
          token: fc.oneof(fc.constant(0), fc.nat(2)),
          lag,
          elapsed: fc.nat(300),
        }),
      },
      // A webhook may be lost, repeated or late.
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant("deliver" as const),
          process: fc.nat(2),
          nth: fc.oneof(fc.constant(0), fc.nat(3)),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant("restart" as const), process: fc.nat(2) }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant("outage" as const), questions: fc.integer({ min: 1, max: 3 }) }),
      },
    ),
  });
type Step = typeof step extends (...args: never[]) => fc.Arbitrary<infer T> ? T : never;

const history = ({ lag = anyLag, claims = fc.constant<boolean>(true) } = {}) =>
  fc.record({
    clocks: fc.array(fc.integer({ min: -HOUR, max: HOUR }), { minLength: 1, maxLength: 3 }),
    steps: fc.array(step(lag, claims), { minLength: 60, maxLength: 120, size: "max" }),
  });

interface Seen {
  token: Token;
  /** The number of the displayed change. */
  change: number;
}

/** Plays a history. Returns what each call got that was fresh. */
async function play(clocks: number[], steps: Step[]): Promise<{ clerk: SimulatedClerk; seen: Seen[] }> {
  const clerk = new SimulatedClerk(clocks);
  const seen: Seen[] = [];
  const answers = [...clerk.processes];
  for (const { pause, what } of steps) {
    clerk.wait(pause);
    const process = "process" in what ? clerk.processes[what.process % clerk.processes.length] : undefined;
    if (what.do === "change") clerk.change();
    else if (what.do === "sign in") clerk.signIn(what.claim ? what.lag : null);
    else if (what.do === "outage") clerk.unanswered = what.questions;
    else if (!process) continue;
    else if (what.do === "restart") {
      clerk.restart(clerk.processes.indexOf(process));
      answers.push(...clerk.processes.filter((one) => !answers.includes(one)));
    } else if (what.do === "deliver") {
      const webhook = clerk.webhooks.at(-1 - what.nth);
      if (webhook) clerk.deliver(process, webhook);
    } else {
      const token = clerk.tokens.at(-1 - what.token);
      if (!token || token.expiresAt < clerk.now) continue;
      const freshness = await clerk.call(process, token, what);
      if (freshness.state === "fresh") seen.push({ token, change: Number(freshness.user.name) });
    }
  }
  for (const process of answers) {
    expect(Math.max(0, ...process.answers.values()), "Clerk answered a process twice for one token").toBeLessThan(2);
  }
  return { clerk, seen };
}

/** Every change that is older than this before the token must be visible to it. */
function expectSeen(clerk: SimulatedClerk, seen: Seen[], isDue: (changedAt: number, token: Token) => boolean): void {
  for (const { token, change } of seen) {
    expect(change, "a change stayed unseen").toBeGreaterThanOrEqual(
      clerk.changes.findLastIndex((changedAt) => isDue(changedAt, token)),
    );
  }
}

const issuedAt = ({ caller }: Token): number => caller.tokenIssuedAt.getTime();
const secondOf = (ms: number): number => Math.floor(ms / SECOND);

test("Clerk answers a process once per token, and a change is visible to every token made after Clerk's lag", async () => {
  await fc.assert(
    fc.asyncProperty(history(), async ({ clocks, steps }) => {
      const { clerk, seen } = await play(clocks, steps);
      expectSeen(clerk, seen, (changedAt, token) => changedAt + LAG + SECOND <= issuedAt(token));
    }),
    histories,
  );
});

test("if no replica lags, a change is visible to every token of a later second", async () => {
  await fc.assert(
    fc.asyncProperty(history({ lag: fc.constant(0) }), async ({ clocks, steps }) => {
      const { clerk, seen } = await play(clocks, steps);
      expectSeen(clerk, seen, (changedAt, token) => secondOf(changedAt) < secondOf(issuedAt(token)));
    }),
    histories,
  );
});

test("tokens without the claim see a change after five minutes and Clerk's lag", async () => {
  await fc.assert(
    fc.asyncProperty(history({ claims: fc.boolean() }), async ({ clocks, steps }) => {
      const { clerk, seen } = await play(clocks, steps);
      expectSeen(clerk, seen, (changedAt, token) => changedAt + 5 * MINUTE + LAG + SECOND <= issuedAt(token));
    }),
    histories,
  );
});

test("a settled user costs at most one more answer, with any processes, restarts and tokens", async () => {
  await fc.assert(
    fc.asyncProperty(
      history(),
      fc.array(fc.nat(50), { minLength: 20, maxLength: 30 }),
      async ({ clocks, steps }, quiet) => {
        const { clerk } = await play(clocks, steps);
        clerk.unanswered = 0;
        clerk.wait(10 * MINUTE); // failures are forgotten, and the last change has settled
        let answers = 0;
        for (const [index, seconds] of quiet.entries()) {
          clerk.wait(seconds * SECOND);
          clerk.signIn(index % 2 === 0 ? 0 : LAG);
          if (index % 5 === 0) clerk.restart(index % clerk.processes.length);
          const process = clerk.processes[index % clerk.processes.length];
          const token = clerk.tokens.at(-1);
          if (!process || !token) throw new Error("there is always one");
          await clerk.call(process, token, { lag: LAG, elapsed: 100 });
          answers += process.answers.get(token) ?? 0;
        }
        expect(answers).toBeLessThan(2);
      },
    ),
    histories,
  );
});

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * SECOND);

test.each([
  ["the claim is older than the row", { updatedAt: 10.5, seenAt: 11, claim: 9, issued: 500 }, true],
  [
    "the claim is of the row's second, which has not settled",
    { updatedAt: 10.5, seenAt: 70, claim: 10, issued: 71 },
    false,
  ],
  [
    "the claim is of the row's second, which has settled",
    { updatedAt: 10.5, seenAt: 71, claim: 10, issued: 500 },
    true,
  ],
  ["the claim is newer than the row", { updatedAt: 10.5, seenAt: 400, claim: 480, issued: 500 }, false],
  ["the row was checked after the token was made", { updatedAt: 10.5, seenAt: 500, claim: 480, issued: 500 }, true],
  ["the row was checked a day ago", { updatedAt: 10.5, seenAt: 100, claim: 9, issued: 100 + 86_400 }, true],
  ["the row was checked more than a day ago", { updatedAt: 10.5, seenAt: 100, claim: 9, issued: 101 + 86_400 }, false],
  [
    "there is no claim, and the row is five minutes old",
    { updatedAt: 10.5, seenAt: 100, claim: null, issued: 400 },
    true,
  ],
  ["there is no claim, and the row is older", { updatedAt: 10.5, seenAt: 100, claim: null, issued: 401 }, false],
])("a row is current or not if %s", (_, { updatedAt, seenAt, claim, issued }, expected) => {
  const caller = { userId: "user_Ann", tokenIssuedAt: at(issued), userUpdatedAt: claim === null ? null : at(claim) };
  expect(isCurrent({ updatedAt: at(updatedAt), seenAt: at(seenAt), complete: true }, { ...caller, role: null })).toBe(
    expected,
  );
});

test("a row that lacks a field is not current, however new it is", () => {
  const caller = { userId: "user_Ann", tokenIssuedAt: at(1), userUpdatedAt: at(1), role: null };
  const known = { updatedAt: at(500), seenAt: at(500) };
  expect(isCurrent({ ...known, complete: true }, caller)).toBe(true);
  expect(isCurrent({ ...known, complete: false }, caller)).toBe(false);
});
