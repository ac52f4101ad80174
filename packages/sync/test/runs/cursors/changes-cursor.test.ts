import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  advance,
  type Changed,
  type Changes,
  changesSchema,
  type Next,
  nextRequest,
  openChanges,
  uncounted,
} from "../../../src/runs/cursors/changes-cursor.ts";
import { rounds } from "../../rounds.ts";
import { moments, operations, SimulatedDirectory, type User } from "./simulated-directory.ts";

const CALLS_AT_MOST = 2_000; // after this many, the pass would never end
const MINUTE = 60_000;

interface Passed {
  end: Exclude<Next, { state: "open" }>;
  /** The latest written version of each user. */
  written: Map<string, number>;
  /** The changes that counted, each as id and `updated_at`. */
  counted: string[];
}

const change = ({ id, updatedAt }: Changed): string => `${id} at ${updatedAt}`;

/**
 * @param meanwhile what happens at Clerk before each request
 * @param readable the other users are listed, but do not have the expected form
 */
function pass(
  directory: SimulatedDirectory,
  since: number | null,
  meanwhile: (changes: Changes) => void = () => {},
  readable: (user: User) => boolean = () => true,
): Passed {
  const written = new Map<string, number>();
  const counted: string[] = [];
  for (let changes = openChanges(since); ; ) {
    if (directory.calls === CALLS_AT_MOST) throw new Error("the pass never ends");
    meanwhile(changes);
    const users = directory.list(nextRequest(changes)) ?? [];
    const { apply, count, next } = advance(changes, users.filter(readable), users.length);
    for (const { id, updatedAt } of apply) written.set(id, Math.max(updatedAt, written.get(id) ?? 0));
    const isApplied = new Set(apply);
    expect(count.every((changed) => isApplied.has(changed))).toBe(true);
    counted.push(...count.map(change));
    if (next.state !== "open") return { end: next, written, counted };
    changes = changesSchema.parse(JSON.parse(JSON.stringify(next.changes)));
  }
}

const usersChangedAt = (updatedAt: readonly number[]): User[] =>
  updatedAt.map((at, index) => ({ id: `user_${index}`, createdAt: index, updatedAt: at }));

/** This many users who changed one by one, ten seconds apart, the last of them an hour after midnight. */
const spread = (count: number): User[] =>
  usersChangedAt(Array.from({ length: count }, (_, index) => 3_600_000_000 - 10_000 * (count - 1 - index)));
const NEWEST = 3_600_000_000;

describe("in a quiet directory", () => {
  test.each([
    [0, 2],
    [1, 1],
    [499, 1],
    [500, 3],
    [501, 3],
    [1_200, 4],
    [10_000, 22],
  ])("a pass over all of %i users takes %i calls", (count, calls) => {
    const users = spread(count);
    const directory = new SimulatedDirectory(users);
    const { end, counted } = pass(directory, null);
    expect(counted).toEqual(users.map(change).toReversed());
    expect(end).toEqual({ state: "complete", mark: count === 0 ? null : NEWEST });
    expect(directory.calls).toBe(calls);
  });

  test.each([
    [0, 1],
    [100, 1],
    [490, 1],
    [495, 3],
    [4_900, 11],
  ])(
    "if %i of 10,000 users changed since the mark, and six in the minute before, it takes %i calls",
    (changed, calls) => {
      const directory = new SimulatedDirectory(spread(10_000));
      const mark = NEWEST - 10_000 * changed;
      const { end, counted, written } = pass(directory, mark);
      expect(counted).toHaveLength(changed + 7);
      expect(written.size).toBe(changed + 7);
      expect(end).toEqual({ state: "complete", mark: NEWEST });
      expect(directory.calls).toBe(calls);
    },
  );

  test.each([
    [500, 4],
    [1_200, 6],
  ])("%i users who changed in one millisecond count once each, in %i calls", (count, calls) => {
    const users = usersChangedAt(Array.from({ length: count }, () => 7));
    const directory = new SimulatedDirectory(users);
    const { end, counted } = pass(directory, null);
    expect(counted).toEqual(users.map(change));
    expect(end).toEqual({ state: "complete", mark: 7 });
    expect(directory.calls).toBe(calls);
  });

  test.each([0, 1, 2, 3])("an empty page instead of response %i skips no user", (call) => {
    const users = spread(1_200);
    const directory = new SimulatedDirectory(users);
    const { end, counted } = pass(directory, null, () => {
      if (directory.calls === call) directory.apply({ does: "answer with an empty page" });
    });
    expect(counted).toEqual(users.map(change).toReversed());
    expect(end).toEqual({ state: "complete", mark: NEWEST });
  });

  test("unreadable users do not end it", () => {
    const users = spread(1_200);
    const readable = ({ id }: Changed) => /[1245780]$/.test(id) && !/_(6|7|8|9|10|11)\d\d$/.test(id);
    const { counted } = pass(new SimulatedDirectory(users), null, () => {}, readable);
    expect(counted).toEqual(users.filter(readable).map(change).toReversed());
  });
});

test("the pass's state does not grow with the listed users", () => {
  const sizes: number[] = [];
  pass(new SimulatedDirectory(spread(5_000)), null, (changes) => sizes.push(JSON.stringify(changes).length));
  expect(Math.max(...sizes)).toBeLessThan(400);
});

test("an empty directory does not change the mark", () => {
  expect(pass(new SimulatedDirectory([]), 5).end).toEqual({ state: "complete", mark: 5 });
});

test("if more users are deleted between two pages than they overlap, no user behind them is skipped", () => {
  const users = spread(1_700);
  const directory = new SimulatedDirectory(users);
  const { counted } = pass(directory, null, () => {
    if (directory.calls === 1) directory.delete(...users.slice(1_300, 1_600).map(({ id }) => id));
  });
  expect(counted).toEqual(users.map(change).toReversed());
});

test("users who change while it reads are written in their last state, and count once per change", () => {
  const users = spread(3_000);
  const directory = new SimulatedDirectory(users);
  const ids = users.map(({ id }) => id);
  const { end, counted, written } = pass(directory, null, () => {
    if (directory.calls === 1) directory.change(...ids.slice(0, 20)); // in the newest one's millisecond
    if (directory.calls > 0) directory.apply({ does: "wait", ms: MINUTE });
    if (directory.calls === 5) directory.change(...ids.slice(10, 700));
    if (directory.calls === 8) directory.change(...ids.slice(690, 710));
  });
  expect(written).toEqual(new Map(directory.users.map(({ id, updatedAt }) => [id, updatedAt])));
  expect(new Set(counted).size).toBe(counted.length);
  expect(directory.users.map(change).filter((key) => !counted.includes(key))).toEqual([]);
  expect(end).toEqual({ state: "complete", mark: NEWEST });
  expect(directory.calls, "each round reads what changed since the one before").toBe(12);
});

test("it ends as incomplete, without a mark, if the answering replica lags more than a page of changes", () => {
  const users = spread(3_000);
  const directory = new SimulatedDirectory(users);
  directory.change(...users.slice(0, 1_000).map(({ id }) => id));
  const { end } = pass(directory, null, () => {
    if (directory.calls > 0) directory.apply({ does: "answer from a replica", behind: 1 });
  });
  expect(end).toEqual({ state: "incomplete" });
  expect(directory.calls).toBe(201);
});

test("if Clerk answers each request with the same page, a walk replaces it", () => {
  const page = spread(500).toReversed();
  let next: Next = { state: "open", changes: openChanges(null) };
  let calls = 0;
  for (; next.state === "open" && calls < CALLS_AT_MOST; calls++) next = advance(next.changes, page).next;
  expect([next.state, calls]).toEqual(["too_long", 41]);
});

test("only consecutive reads without a change end it", () => {
  const users = spread(400).toReversed();
  let next: Next = { state: "open", changes: openChanges(null) };
  const read = (...answer: Parameters<typeof advance> extends [unknown, ...infer Answer] ? Answer : never) => {
    if (next.state === "open") next = advance(next.changes, ...answer).next;
  };
  for (let index = 0; index < users.length; index++) {
    read(users.slice(Math.max(0, index - 1), index + 1), 500);
    read([]);
    read([]);
  }
  expect(next.state).toBe("open");
});

test("it is complete after five rounds, even if each finds more than a page of changes", () => {
  const users = spread(3_000);
  const directory = new SimulatedDirectory(users);
  const { end } = pass(directory, NEWEST - 1_000_000, () => {
    directory.apply({ does: "wait", ms: 1 });
    directory.change(...users.slice(0, 600).map(({ id }) => id));
  });
  expect(end).toEqual({ state: "complete", mark: NEWEST + 1 });
});

const scenario = fc
  .record({ updatedAt: moments, since: fc.option(fc.nat(10_000)), shuffled: fc.boolean() })
  .map(({ updatedAt, since, shuffled }) => {
    const mark = since === null ? null : (updatedAt[since % updatedAt.length] ?? null);
    const users = usersChangedAt(shuffled ? updatedAt.toSorted((a, b) => (a % 7) - (b % 7)) : updatedAt);
    return { users, mark, downTo: mark === null ? Number.NEGATIVE_INFINITY : mark - MINUTE };
  });

test("a quiet directory is read within the budget of calls, however many users changed in one millisecond", () => {
  fc.assert(
    fc.property(scenario, ({ users, mark, downTo }) => {
      const directory = new SimulatedDirectory(users);
      const { end, counted } = pass(directory, mark);
      const newest = Math.max(...users.map(({ updatedAt }) => updatedAt));
      const changed = users.filter(({ updatedAt }) => updatedAt >= downTo);
      const inTheLastMinute = users.filter(({ updatedAt }) => updatedAt >= newest - MINUTE).length;
      expect(counted.toSorted()).toEqual(changed.map(change).toSorted());
      expect(end).toEqual({ state: "complete", mark: newest });
      expect(directory.calls).toBeLessThanOrEqual((changed.length + 4 * inTheLastMinute) / 490 + 5);
    }),
    rounds(1_000),
  );
});

test("in any history, each change counts once, the mark skips none, and the pass ends", () => {
  fc.assert(
    fc.property(scenario, operations(700), ({ users, mark, downTo }, events) => {
      const atStart = new Set(users);
      const directory = new SimulatedDirectory(users);
      const { end, counted, written } = pass(directory, mark, () => {
        for (const event of events[directory.calls] ?? []) directory.apply(event);
      });
      const once = new Set(counted);
      expect(once.size, "counted twice").toBe(counted.length);
      if (end.state === "incomplete") return;

      const due = directory.users.filter(({ updatedAt }) => updatedAt >= downTo);
      // A change that a replica hides while the pass is above it is written, but not counted.
      if (!events.flat().some(({ does }) => does === "answer from a replica")) {
        expect(due.filter((user) => atStart.has(user) && !once.has(change(user)))).toEqual([]);
      }
      if (end.state === "too_long") throw new Error("this few users are never too many");
      // From the mark on, the next pass reads everything that this one skipped.
      for (const [id, at] of pass(new SimulatedDirectory(directory.users), end.mark).written) written.set(id, at);
      expect(due.filter(({ id, updatedAt }) => written.get(id) !== updatedAt)).toEqual([]);
    }),
    rounds(2_500),
  );
});

describe("a pass with more changes than can be read by offset", () => {
  test("ends before it needs an offset over 20,000, and a walk counts the remaining changes", () => {
    const users = spread(25_000);
    const directory = new SimulatedDirectory(users);
    const offsets: number[] = [];
    const { end, counted } = pass(directory, NEWEST - 230_000_000, ({ offset }) => offsets.push(offset));
    if (end.state !== "too_long") throw new Error(`it is ${end.state}`);
    expect(Math.max(...offsets)).toBe(19_600);
    const due = users.filter(({ updatedAt }) => updatedAt >= NEWEST - 230_000_000 - MINUTE);
    const left = uncounted(end.changes, directory.users);
    expect(left).toHaveLength(due.length - counted.length);
    expect([...counted, ...left.map(change)].toSorted()).toEqual(due.map(change).toSorted());
    expect(end.changes.mark).toBe(NEWEST);
  });

  test("lets the walk count each remaining change once, wherever it stops and in any history", () => {
    fc.assert(
      fc.property(
        scenario,
        operations(700),
        fc.integer({ min: 0, max: 12 }),
        ({ users, mark, downTo }, events, reads) => {
          const directory = new SimulatedDirectory(users);
          const counted: string[] = [];
          let changes = openChanges(mark);
          while (directory.calls < reads) {
            for (const event of events[directory.calls] ?? []) directory.apply(event);
            const page = advance(changes, directory.list(nextRequest(changes)) ?? []);
            counted.push(...page.count.map(change));
            if (page.next.state !== "open") return;
            changes = page.next.changes;
          }
          const all = [...counted, ...uncounted(changes, directory.users).map(change)];
          const once = new Set(all);
          expect(once.size, "counted twice").toBe(all.length);
          // A change that a replica hides while the pass is above it is written, but not counted.
          if (events.flat().some(({ does }) => does === "answer from a replica")) return;
          const due = directory.users.filter(({ updatedAt }) => updatedAt >= downTo);
          expect(due.map(change).filter((key) => !once.has(key))).toEqual([]);
        },
      ),
      { numRuns: Number(process.env.PROPERTY_ROUNDS ?? 150) },
    );
  });
});
