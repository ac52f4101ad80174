import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  afterRefusal,
  type Judgement,
  type Listed,
  nextRequest,
  openWalk,
  startsOver,
  step,
  type Walk,
  walkSchema,
} from "../../src/runs/walk.ts";
import {
  happenings,
  type Manners,
  manners,
  moments,
  PLAIN,
  SimulatedDirectory,
  type User,
} from "./simulated-directory.ts";

const CALLS_AT_MOST = 1_000; // of a walk that would never end

/** A window of a run. */
type Range = [lo: number | null, hi: number, isLast: boolean];

interface Walked {
  /** Those who counted, in the order in which they did. */
  counted: string[];
  /** The rows that were not listed. */
  missing: string[];
}

/** @param meanwhile what happens at Clerk before each question, which may be about that user */
function walk(
  directory: SimulatedDirectory,
  windows: Range[],
  rows: readonly Listed[],
  meanwhile: (cursor: Listed | null) => void = () => {},
): Walked {
  const walked: Walked = { counted: [], missing: [] };
  for (const window of windows) {
    let next: Walk | null = openWalk(...window);
    while (next) {
      if (directory.calls === CALLS_AT_MOST) throw new Error("the walk never ends");
      const stored = walkSchema.parse(JSON.parse(JSON.stringify(next)));
      meanwhile(stored.cursor);
      const page = directory.list(nextRequest(stored));
      if (!page || startsOver(stored, page)) {
        next = afterRefusal(stored);
        continue;
      }
      const { fresh, judge, walk: moved } = step(stored, page);
      walked.counted.push(...fresh.map(({ id }) => id));
      if (judge) walked.missing.push(...missingBy(judge, rows));
      next = moved;
    }
  }
  return walked;
}

function missingBy({ above, upTo, alive }: Judgement, rows: readonly Listed[]): string[] {
  const listed = new Set(alive);
  return rows
    .filter(({ createdAt }) => (above === null || createdAt > above) && (upTo === null || createdAt <= upTo))
    .filter(({ id }) => !listed.has(id))
    .map(({ id }) => id);
}

const everybody = (count: number, createdAt: (index: number) => number): User[] =>
  Array.from({ length: count }, (_, index) => ({ id: `user_${index}`, createdAt: createdAt(index), updatedAt: 0 }));

/** All of a directory, as it is when the walk begins, in one window or, split at these moments, in several. */
function windowsOf(users: readonly Listed[], splits: number[] = []): Range[] {
  const hi = (users.at(-1)?.createdAt ?? 0) + 1;
  const bounds = [null, ...[...new Set(splits)].sort((a, b) => a - b), hi];
  return bounds.slice(1).map((to, index) => [bounds[index] ?? null, to ?? hi, index === bounds.length - 2]);
}

const GONE = [-1, 0, 7, 250, 1_000_000].map((createdAt) => ({ id: `user_gone${createdAt}`, createdAt }));

describe("a quiet directory", () => {
  test.each([
    [0, 2],
    [1, 2],
    [499, 2],
    [500, 3],
    [501, 3],
    [1_200, 4],
    [10_000, 22],
  ])("of %i users takes %i calls: a page each, and one more that makes sure of the end", (count, calls) => {
    const users = everybody(count, (index) => index);
    const directory = new SimulatedDirectory(users);
    const { counted, missing } = walk(directory, windowsOf(users), [...users, ...GONE]);
    expect(counted).toEqual(users.map(({ id }) => id));
    expect(missing).toEqual(GONE.map(({ id }) => id));
    expect(directory.calls).toBe(calls);
  });

  test.each([
    [500, 5],
    [1_200, 7],
  ])("of %i users who came in one millisecond takes %i calls", (count, calls) => {
    const users = everybody(count, () => 7);
    const directory = new SimulatedDirectory(users);
    const { counted, missing } = walk(directory, windowsOf(users), [...users, ...GONE]);
    expect(counted).toEqual(users.map(({ id }) => id));
    expect(missing).toEqual(GONE.map(({ id }) => id));
    expect(directory.calls).toBe(calls);
  });

  test("is walked the same where Clerk answers with an empty page in the middle", () => {
    const users = everybody(1_700, (index) => index);
    const directory = new SimulatedDirectory(users);
    const { counted, missing } = walk(directory, windowsOf(users), [...users, ...GONE], () => {
      if (directory.calls === 2) directory.happen({ does: "answer with an empty page" });
    });
    expect(counted).toEqual(users.map(({ id }) => id));
    expect(missing).toEqual(GONE.map(({ id }) => id));
  });

  test("is walked to its end where whole pages cannot be read", () => {
    const users = everybody(2_300, (index) => index >> 9);
    const unreadable = (index: number) => index % 3 === 0 || (index > 400 && index < 1_600);
    let next: Walk | null = openWalk(...(windowsOf(users)[0] ?? [null, 0, true]));
    const directory = new SimulatedDirectory(users);
    const counted: string[] = [];
    while (next) {
      const users = directory.list(nextRequest(next)) ?? [];
      const page = users.filter(({ id }) => !unreadable(Number(id.slice(5))));
      const { fresh, walk: moved } = step(next, page, users.length);
      counted.push(...fresh.map(({ id }) => id));
      next = moved;
    }
    expect(counted).toEqual(users.filter((_, index) => !unreadable(index)).map(({ id }) => id));
  });
});

describe("where each page's last user is deleted at once, nobody is missed or counted twice,", () => {
  const deletingWalk = (users: User[], lostCursor: Manners["lostCursor"]) => {
    const directory = new SimulatedDirectory(users, { ...PLAIN, lostCursor });
    const walked = walk(directory, windowsOf(users), users, (cursor) => cursor && directory.delete(cursor.id));
    return { ...walked, calls: directory.calls };
  };

  test.each([
    ["422", 10],
    ["404", 10],
    ["starting over", 10],
    ["an empty page", 14],
  ] as const)("and Clerk's answering the cursor with %s costs %i calls for 3,000 users", (lostCursor, calls) => {
    const users = everybody(3_000, (index) => index >> 1);
    const walked = deletingWalk(users, lostCursor);
    expect(walked).toEqual({ counted: users.map(({ id }) => id), missing: [], calls });
  });

  test.each([
    [500, 4],
    [501, 6],
    [1_500, 9],
    [2_345, 11],
  ])("where %i users came in one millisecond, it takes %i calls", (count, calls) => {
    const users = everybody(count, () => 7);
    const walked = deletingWalk(users, "starting over");
    expect(walked).toEqual({ counted: users.map(({ id }) => id), missing: [], calls });
  });
});

describe("over one window or several", () => {
  const scenario = fc.record({
    createdAt: moments,
    manners,
    splits: fc.oneof(fc.constant<number[]>([]), fc.array(fc.nat(10_000), { minLength: 3, maxLength: 3 })),
    /** Rows of users who are gone: created with one who is there, or a millisecond off. */
    gone: fc.array(fc.record({ beside: fc.nat(10_000), by: fc.constantFrom(-1, 0, 1) }), { maxLength: 20 }),
  });

  function staged({ createdAt, manners, splits, gone }: typeof scenario extends fc.Arbitrary<infer T> ? T : never) {
    const users = everybody(createdAt.length, (index) => createdAt[index] ?? 0);
    const at = (index: number) => createdAt[index % createdAt.length] ?? 0;
    const rows: Listed[] = [
      ...users,
      ...gone.map(({ beside, by }, index) => ({ id: `user_gone${index}`, createdAt: at(beside) + by })),
    ];
    return {
      users,
      rows,
      windows: windowsOf(users, splits.map(at)),
      directory: new SimulatedDirectory(users, manners),
    };
  }

  test("a quiet directory is walked within the budget of calls, whoever came in one millisecond", () => {
    fc.assert(
      fc.property(scenario, (setting) => {
        const { users, rows, windows, directory } = staged(setting);
        const { counted, missing } = walk(directory, windows, rows);
        expect(counted).toEqual(users.map(({ id }) => id));
        expect(missing.toSorted()).toEqual(
          rows
            .slice(users.length)
            .map(({ id }) => id)
            .toSorted(),
        );
        expect(directory.calls).toBeLessThanOrEqual((users.length / 500) * 1.1 + 12 * windows.length);
      }),
      { numRuns: Number(process.env.PROPERTY_ROUNDS ?? 300) },
    );
  });

  test("whatever happens meanwhile: of the rows each is counted or missing, once, and only those deleted are missing", () => {
    fc.assert(
      fc.property(scenario, happenings(3), (setting, events) => {
        const { users, rows, windows, directory } = staged(setting);
        const { counted, missing } = walk(directory, windows, rows, () => {
          for (const event of events[directory.calls] ?? []) directory.happen(event);
        });
        expect(new Set(counted).size, "counted twice").toBe(counted.length);
        const known = new Set(rows.map(({ id }) => id));
        expect([...counted.filter((id) => known.has(id)), ...missing].toSorted()).toEqual([...known].toSorted());
        const living = new Set(users.map(({ id }) => id).filter((id) => !directory.deleted.has(id)));
        expect(
          missing.filter((id) => living.has(id)),
          "alive",
        ).toEqual([]);
        expect(directory.calls).toBeLessThanOrEqual(
          (12 + 2 * directory.refusals) * windows.length + 4 * Math.ceil(users.length / 450),
        );
      }),
      { numRuns: Number(process.env.PROPERTY_ROUNDS ?? 700) },
    );
  });
});
