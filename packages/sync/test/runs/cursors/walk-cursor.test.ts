import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  advance,
  afterRefusal,
  type Judgement,
  type Listed,
  nextRequest,
  openWalk,
  startsOver,
  type Walk,
  walkSchema,
} from "../../../src/runs/cursors/walk-cursor.ts";
import { rounds } from "../../rounds.ts";
import { manners, moments, operations, PLAIN, SimulatedDirectory, type User } from "./simulated-directory.ts";

const CALLS_AT_MOST = 1_000; // after this many, the walk would never end

/** A window of a run. */
type Range = [lo: number | null, hi: number, isLast: boolean];

interface Walked {
  /** The users that counted, in that order. */
  counted: string[];
  /** The rows of users that were not listed. */
  missing: string[];
}

/**
 * @param meanwhile what happens before each request
 * @param readable the other users are listed, but do not have the expected form
 */
function walk(
  directory: SimulatedDirectory,
  windows: Range[],
  rows: readonly Listed[],
  meanwhile: (walk: Walk) => void = () => {},
  readable: (user: User) => boolean = () => true,
): Walked {
  const walked: Walked = { counted: [], missing: [] };
  for (const window of windows) {
    let next: Walk | null = openWalk(...window);
    while (next) {
      if (directory.calls === CALLS_AT_MOST) throw new Error("the walk never ends");
      const stored = walkSchema.parse(JSON.parse(JSON.stringify(next)));
      meanwhile(stored);
      const users = directory.list(nextRequest(stored));
      const page = users?.filter(readable);
      if (!page || startsOver(stored, page)) {
        next = afterRefusal(stored);
        continue;
      }
      const { fresh, judge, walk: moved } = advance(stored, page, users?.length);
      walked.counted.push(...idsOf(fresh));
      if (judge) walked.missing.push(...missingBy(judge, rows));
      next = moved;
    }
  }
  return walked;
}

function missingBy({ above, upTo, alive }: Judgement, rows: readonly Listed[]): string[] {
  const listed = new Set(alive);
  const judged = rows.filter(
    ({ createdAt }) => (above === null || createdAt > above) && (upTo === null || createdAt <= upTo),
  );
  return idsOf(judged).filter((id) => !listed.has(id));
}

const idsOf = (users: readonly Listed[]): string[] => users.map(({ id }) => id);

const usersCreatedAt = (count: number, createdAt: (index: number) => number): User[] =>
  Array.from({ length: count }, (_, index) => ({ id: `user_${index}`, createdAt: createdAt(index), updatedAt: 0 }));

/** The whole directory, as it is when the walk starts, in one window or in several, split at these times. */
function windowsOf(users: readonly Listed[], splits: number[] = []): Range[] {
  const hi = (users.at(-1)?.createdAt ?? 0) + 1;
  const bounds = [null, ...[...new Set(splits)].sort((a, b) => a - b), hi];
  return bounds.slice(1).map((to, index) => [bounds[index] ?? null, to ?? hi, index === bounds.length - 2]);
}

const GONE = [-1, 0, 7, 250, 1_000_000].map((createdAt) => ({ id: `user_gone${createdAt}`, createdAt }));

/** When each user of a directory signed up, by their number. */
const CAME = {
  "one by one": (index: number) => index,
  "two by two": (index: number) => index >> 1,
  "in one millisecond": () => 7,
  "the first 1,500 in one millisecond": (index: number) => Math.max(1_500, index),
};

describe("a quiet directory", () => {
  test.each([
    [0, "one by one", 2],
    [1, "one by one", 2],
    [499, "one by one", 2],
    [500, "one by one", 3],
    [501, "one by one", 3],
    [1_200, "one by one", 4],
    [10_000, "one by one", 22],
    [500, "in one millisecond", 5],
    [1_200, "in one millisecond", 7],
  ] as const)(
    "of %i users who signed up %s takes %i calls: the pages, and those that confirm the end",
    (count, came, calls) => {
      const users = usersCreatedAt(count, CAME[came]);
      const directory = new SimulatedDirectory(users);
      const { counted, missing } = walk(directory, windowsOf(users), [...users, ...GONE]);
      expect(counted).toEqual(idsOf(users));
      expect(missing).toEqual(idsOf(GONE));
      expect(directory.calls).toBe(calls);
    },
  );

  test("in four windows takes each window's pages, and one more call that confirms its end", () => {
    const users = usersCreatedAt(8_800, (index) => index);
    const directory = new SimulatedDirectory(users);
    const { counted } = walk(directory, windowsOf(users, [2_200, 4_400, 6_600]), users);
    expect(counted).toEqual(idsOf(users));
    expect(directory.calls).toBe(4 * (5 + 1));
  });

  test("is walked the same if Clerk answers with an empty page in the middle", () => {
    const users = usersCreatedAt(1_700, (index) => index);
    const directory = new SimulatedDirectory(users);
    const { counted, missing } = walk(directory, windowsOf(users), [...users, ...GONE], () => {
      if (directory.calls === 2) directory.apply({ does: "answer with an empty page" });
    });
    expect(counted).toEqual(idsOf(users));
    expect(missing).toEqual(idsOf(GONE));
  });

  test("is walked to its end even if whole pages are unreadable", () => {
    const users = usersCreatedAt(2_300, (index) => index >> 9);
    const readable = ({ id }: Listed) => /[124578]$/.test(id) && !/_(\d{3}|1[0-5]\d\d)$/.test(id);
    const { counted } = walk(new SimulatedDirectory(users), windowsOf(users), users, () => {}, readable);
    expect(counted).toEqual(idsOf(users.filter(readable)));
  });
});

describe("a window", () => {
  test("is requested one millisecond wider, because Clerk's filters may include or exclude their bounds", () => {
    const { created_at_after, created_at_before } = nextRequest(openWalk(5, 10, false));
    expect([created_at_after, created_at_before]).toEqual([4, 11]);
    expect(nextRequest(openWalk(null, 10, false)).created_at_after).toBeUndefined();
  });

  test("is judged up to the last user's millisecond, and up to its own end once it ends", () => {
    const judged: (Judgement | null)[] = [];
    let next: Walk | null = openWalk(5, 10, false);
    for (const page of [{ a: 5, b: 6 }, { b: 6, c: 6 }, { c: 6 }].map(Object.entries<number>)) {
      if (!next) throw new Error("the window ended early");
      const { judge, walk }: ReturnType<typeof advance> = advance(
        next,
        page.map(([id, createdAt]) => ({ id, createdAt })),
      );
      judged.push(judge);
      next = walk;
    }
    expect(judged).toEqual([{ above: 4, upTo: 5, alive: ["a"] }, null, { above: 5, upTo: 9, alive: ["b", "c"] }]);
    expect(next).toBeNull();
  });

  test("has a state that does not grow with the listed users", () => {
    const sizes: number[] = [];
    const users = usersCreatedAt(5_000, (index) => index);
    walk(new SimulatedDirectory(users), windowsOf(users), [], (at) => sizes.push(JSON.stringify(at).length));
    expect(Math.max(...sizes)).toBeLessThan(250);
  });
});

describe("if each page's last user is deleted right away, no user is missed or counted twice:", () => {
  test.each([
    [3_000, "two by two", "422", 10],
    [3_000, "two by two", "404", 10],
    [3_000, "two by two", "starting over", 10],
    [3_000, "two by two", "an empty page", 14],
    [500, "in one millisecond", "starting over", 4],
    [501, "in one millisecond", "starting over", 6],
    [1_500, "in one millisecond", "starting over", 9],
    [2_345, "in one millisecond", "starting over", 11],
    [4_000, "the first 1,500 in one millisecond", "422", 14],
  ] as const)(
    "%i users who signed up %s, with a cursor that gets %s, take %i calls",
    (count, came, lostCursor, calls) => {
      const users = usersCreatedAt(count, CAME[came]);
      const directory = new SimulatedDirectory(users, { ...PLAIN, lostCursor });
      const walked = walk(directory, windowsOf(users), users, ({ cursor }) => cursor && directory.delete(cursor.id));
      expect(walked).toEqual({ counted: idsOf(users), missing: [] });
      expect(directory.calls).toBe(calls);
    },
  );
});

describe("in one window or several", () => {
  const scenario = fc
    .record({
      createdAt: moments,
      manners,
      splits: fc.oneof(fc.constant<number[]>([]), fc.array(fc.nat(10_000), { minLength: 3, maxLength: 3 })),
      /** Rows of missing users: created with an existing one, or a millisecond off. */
      gone: fc.array(fc.record({ beside: fc.nat(10_000), by: fc.constantFrom(-1, 0, 1) }), { maxLength: 20 }),
    })
    .map(({ createdAt, manners, splits, gone }) => {
      const at = (index: number) => createdAt[index % createdAt.length] ?? 0;
      const users = usersCreatedAt(createdAt.length, at);
      const rowsOfGone = gone.map(({ beside, by }, index) => ({ id: `user_gone${index}`, createdAt: at(beside) + by }));
      return { users, gone: rowsOfGone, windows: windowsOf(users, splits.map(at)), manners };
    });

  test("a quiet directory is walked within the budget of calls, however many users signed up in one millisecond", () => {
    fc.assert(
      fc.property(scenario, ({ users, gone, windows, manners }) => {
        const directory = new SimulatedDirectory(users, manners);
        const { counted, missing } = walk(directory, windows, [...users, ...gone]);
        expect(counted).toEqual(idsOf(users));
        expect(missing.toSorted()).toEqual(idsOf(gone).toSorted());
        expect(directory.calls).toBeLessThanOrEqual((users.length / 500) * 1.1 + 12 * windows.length);
      }),
      rounds(3_000),
    );
  });

  test("in any history, each row is counted or missing, once, and only deleted users are missing", () => {
    fc.assert(
      fc.property(scenario, operations(3), ({ users, gone, windows, manners }, events) => {
        const directory = new SimulatedDirectory(users, manners);
        const rows = [...users, ...gone];
        const { counted, missing } = walk(directory, windows, rows, () => {
          for (const event of events[directory.calls] ?? []) directory.apply(event);
        });
        expect(new Set(counted).size, "counted twice").toBe(counted.length);
        const atStart = counted.filter((id) => !id.startsWith("user_late"));
        expect([...atStart, ...missing].toSorted()).toEqual(idsOf(rows).toSorted());
        const living = new Set(idsOf(directory.users));
        expect(missing.filter((id) => living.has(id))).toEqual([]);
        expect(directory.calls).toBeLessThanOrEqual(
          (12 + 2 * directory.refusals) * windows.length + 4 * Math.ceil(users.length / 450),
        );
      }),
      rounds(7_000),
    );
  });
});
