import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterRefusal,
  type Listed,
  nextRequest,
  openWindow,
  startsOver,
  step,
  type Window,
} from "../../src/runs/walk.ts";
import { type Manners, SimulatedDirectory } from "./simulated-directory.ts";

const PLAIN: Manners = { lostCursor: "422", afterIncludes: false, beforeIncludes: false };
const CALLS_AT_MOST = 1_000; // of a walk that would never end

interface Walked {
  /** Those who counted, in the order in which they did. */
  counted: string[];
  calls: number;
}

/** @param meanwhile what happens at Clerk before each question, which may be about that user */
function walk(
  directory: SimulatedDirectory,
  [lo, hi]: [number, number],
  meanwhile: (call: number, cursor: Listed | null) => void = () => {},
): Walked {
  const counted: string[] = [];
  let window: Window | null = openWindow(lo, hi);
  let calls = 0;
  for (; window; calls++) {
    if (calls === CALLS_AT_MOST) throw new Error("the walk never ends");
    meanwhile(calls, window.cursor);
    const page = directory.list(nextRequest(window));
    if (!page || startsOver(window, page)) {
      window = afterRefusal(window);
      continue;
    }
    const { fresh, window: next } = step(window, page);
    counted.push(...fresh.map(({ id }) => id));
    window = next;
  }
  return { counted, calls };
}

const everybody = (count: number, createdAt: (index: number) => number): Listed[] =>
  Array.from({ length: count }, (_, index) => ({ id: `user_${index}`, createdAt: createdAt(index) }));

/** All of the directory, as it is when the walk begins. */
const whole = ({ users }: SimulatedDirectory): [number, number] => [
  Number.NEGATIVE_INFINITY,
  (users.at(-1)?.createdAt ?? 0) + 1,
];

describe("a quiet directory", () => {
  test.each([
    [1, 2],
    [499, 2],
    [500, 3],
    [501, 3],
    [1_200, 4],
    [10_000, 22],
  ])("of %i users takes %i calls: a page each, and one more that makes sure of the end", (count, calls) => {
    const directory = new SimulatedDirectory(
      everybody(count, (index) => index),
      PLAIN,
    );
    const walked = walk(directory, whole(directory));
    expect(walked.counted).toEqual(directory.users.map(({ id }) => id));
    expect(walked.calls).toBe(calls);
  });
});

describe("where each page's last user is deleted at once, nobody is missed or counted twice,", () => {
  test.each([
    ["422", 10],
    ["404", 10],
    ["starting over", 10],
    ["an empty page", 14],
  ] as const)("and Clerk's answering the cursor with %s costs %i calls for 3,000 users", (lostCursor, calls) => {
    const directory = new SimulatedDirectory(
      everybody(3_000, (index) => index >> 1),
      { ...PLAIN, lostCursor },
    );
    const walked = walk(directory, whole(directory), (_, cursor) => cursor && directory.delete(cursor.id));
    expect(new Set(walked.counted).size).toBe(walked.counted.length);
    expect(new Set(walked.counted)).toEqual(new Set(everybody(3_000, () => 0).map(({ id }) => id)));
    expect(walked.calls).toBe(calls);
  });

  test.each([
    [500, 4],
    [501, 6],
    [1_500, 9],
    [2_345, 11],
  ])("where %i users came in one millisecond, it takes %i calls", (count, calls) => {
    const directory = new SimulatedDirectory(
      everybody(count, () => 7),
      { ...PLAIN, lostCursor: "starting over" },
    );
    const walked = walk(directory, whole(directory), (_, cursor) => cursor && directory.delete(cursor.id));
    expect(new Set(walked.counted).size).toBe(count);
    expect(walked.calls).toBe(calls);
  });
});

describe("whatever happens at Clerk while it is walked", () => {
  const event = fc.oneof(
    fc.record({ does: fc.constant("delete the cursor" as const) }),
    fc.record({ does: fc.constant("delete" as const), who: fc.nat(5_000) }),
    fc.record({ does: fc.constant("delete the next" as const), count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ does: fc.constant("answer with an empty page" as const) }),
    fc.record({ does: fc.constant("create" as const), amongTies: fc.boolean(), later: fc.nat(1) }),
  );
  const crowd = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 3 }) },
    { weight: 2, arbitrary: fc.integer({ min: 100, max: 499 }) },
    { weight: 2, arbitrary: fc.integer({ min: 500, max: 1_100 }) },
  );
  const scenario = fc.record({
    /** How many came in each millisecond that saw anybody, and how many milliseconds later that was. */
    crowds: fc.array(fc.record({ users: crowd, gap: fc.integer({ min: 1, max: 3 }) }), { minLength: 1, maxLength: 12 }),
    /** Users who came one by one in between. */
    stream: fc.nat(1_500),
    manners: fc.record({
      lostCursor: fc.constantFrom("422" as const, "404" as const, "an empty page" as const, "starting over" as const),
      afterIncludes: fc.boolean(),
      beforeIncludes: fc.boolean(),
    }),
    /** What happens before each call; at most nine deletions between two of them. */
    events: fc.array(fc.array(event, { maxLength: 3 }), { maxLength: 30 }),
    split: fc.nat(5_000),
  });

  function people({ crowds, stream }: { crowds: { users: number; gap: number }[]; stream: number }): Listed[] {
    let now = 1_000;
    const users: Listed[] = [];
    const add = (count: number) => {
      for (let n = 0; n < count; n++) users.push({ id: `user_${users.length}`, createdAt: now });
    };
    for (const { users: count, gap } of crowds) {
      for (let n = 0; n < stream / crowds.length; n++) {
        now++;
        add(1);
      }
      now += gap;
      add(count);
    }
    return users;
  }

  test("nobody who was there throughout is missed, nobody is counted twice, and it ends in good time", () => {
    fc.assert(
      fc.property(scenario, ({ events, manners, split, ...directoryOf }) => {
        const directory = new SimulatedDirectory(people(directoryOf), manners);
        const atStart = [...directory.users];
        const [, hi] = whole(directory);
        const middle = atStart[split % atStart.length]?.createdAt ?? hi;
        const newest = hi - 1;
        const deleted = new Set<string>();
        let calls = 0;
        let late = 0;
        let failedAt = Number.NEGATIVE_INFINITY;
        const remove = (id: string) => {
          deleted.add(id);
          directory.delete(id);
        };
        const meanwhile = (_: number, cursor: Listed | null) => {
          for (const happens of events[calls++] ?? []) {
            const { users } = directory;
            switch (happens.does) {
              case "delete the cursor":
                if (cursor) remove(cursor.id);
                break;
              case "delete": {
                const user = users[happens.who % Math.max(1, users.length)];
                if (user) remove(user.id);
                break;
              }
              case "delete the next": {
                const next = users.findIndex(({ createdAt }) => createdAt >= (cursor?.createdAt ?? 0));
                for (const { id } of users.slice(next, next + happens.count)) remove(id);
                break;
              }
              case "answer with an empty page":
                // One that is wrong; two in a row would end any walk.
                if (manners.lostCursor !== "an empty page" && calls > failedAt + 1) {
                  directory.failing = true;
                  failedAt = calls;
                }
                break;
              case "create":
                // Only the present can bring somebody new: at the earliest the millisecond of the newest one.
                directory.create({ id: `user_late${late++}`, createdAt: newest + happens.later }, happens.amongTies);
            }
          }
        };

        const parts = (
          [
            [Number.NEGATIVE_INFINITY, middle],
            [middle, hi],
          ] as [number, number][]
        ).map((range) => walk(directory, range, meanwhile));
        const counted = parts.flatMap((part) => part.counted);
        expect(new Set(counted).size, "counted twice").toBe(counted.length);
        const missed = new Set(atStart.filter(({ id }) => !deleted.has(id)).map(({ id }) => id));
        for (const id of counted) missed.delete(id);
        expect([...missed], "missed").toEqual([]);
        expect(calls).toBeLessThanOrEqual(8 + 4 * Math.ceil(atStart.length / 450) + 2 * directory.refusals);
      }),
      { numRuns: Number(process.env.PROPERTY_ROUNDS ?? 1_500) },
    );
  });
});
