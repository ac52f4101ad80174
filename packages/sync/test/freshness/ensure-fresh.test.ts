import { createClient } from "@rollcall/db/client";
import { createTestDatabase } from "@rollcall/dev-stack/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { prismaDatabase } from "../../src/database/adapters/prisma.ts";
import { defaultTables } from "../../src/database/tables.ts";
import type { Caller } from "../../src/freshness/caller.ts";
import { createFreshnessKeeper, type FreshnessKeeper } from "../../src/freshness/ensure-fresh.ts";
import { createFailureMemory } from "../../src/freshness/failure-memory.ts";
import { type Mirror, mirrorReader } from "../../src/freshness/mirror.ts";
import { SyncError } from "../../src/index.ts";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { at, INSTANCE, snapshot } from "../write-path/host.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const USER = "user_Ann";

const caller = (issued: Date, userUpdatedAt = at(0)): Caller => ({
  userId: USER,
  tokenIssuedAt: issued,
  userUpdatedAt,
  role: null,
});

const present = (name: string, updatedAt = at(0)): Mirror => ({
  state: "present",
  user: { id: USER, clerkId: USER, email: null, emailVerified: null, name, image: null },
  updatedAt,
  checkedAt: new Date(updatedAt.getTime() + MINUTE),
  claim: { email: null, verified: false },
  conflict: false,
});

/** A keeper whose database and Clerk answer as the test sets them. */
let now: number;
let reads: number;
let asked: number;
let read: () => Promise<Mirror>;
let sync: () => Promise<void>;
let keeper: FreshnessKeeper;

beforeEach(() => {
  now = SECOND;
  reads = 0;
  asked = 0;
  read = async () => present("Ann");
  sync = async () => {};
  keeper = createFreshnessKeeper({
    readMirror: () => {
      reads++;
      return read();
    },
    sync: () => {
      asked++;
      return sync();
    },
    failures: createFailureMemory(() => now),
    logger: { info() {}, warn() {}, error() {} },
    now: () => now,
  });
});

const nameShown = async (who: Caller) => {
  const freshness = await keeper.ensureFresh(who);
  return freshness.state === "deleted" ? "deleted" : `${freshness.state} ${freshness.source} ${freshness.user.name}`;
};

test("another process's tombstone is seen five minutes after the entry was read, with any tokens in between", async () => {
  await using database = await createTestDatabase();
  const db = createClient(database.url);
  await using _ = { [Symbol.asyncDispose]: () => db.$disconnect() };
  const writePath = createWritePath(prismaDatabase(db), defaultTables);
  await writePath.applySnapshots([snapshot(USER, { checkedAt: at(2) })]);
  const readMirror = mirrorReader(prismaDatabase(db), defaultTables);
  read = () => readMirror(USER);

  expect(await nameShown(caller(at(3)))).toBe("fresh database Ann");
  await writePath.applyDeletions([USER], { instanceId: INSTANCE, deletedBy: "webhook" });
  for (let minutes = 3; minutes < 8; minutes++) {
    expect(await nameShown(caller(at(minutes)))).toBe("fresh memory Ann");
    now += MINUTE;
  }
  now += 1;
  expect(await nameShown(caller(at(9)))).toBe("deleted");
  expect(asked).toBe(0);
});

describe("while something is written about a user", () => {
  test("what was read before is not kept", async () => {
    let answer = (_: Mirror): void => {};
    read = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const call = nameShown(caller(at(0)));
    keeper.drop([USER]); // the webhook of a deletion, in this process
    answer(present("Ann"));
    await call;
    read = async () => ({ state: "deleted", id: null, deletedBy: "webhook", checkedAt: null });
    expect(await nameShown(caller(at(0)))).toBe("deleted");
  });

  test("what was read afterwards is kept", async () => {
    keeper.drop([USER]);
    await nameShown(caller(at(0)));
    expect(await nameShown(caller(at(0)))).toBe("fresh memory Ann");
    expect(reads).toBe(1);
  });
});

describe("a caller who joins another caller's flight", () => {
  test("shares its result if that is current for their token too", async () => {
    await Promise.all(Array.from({ length: 100 }, () => nameShown(caller(at(0)))));
    expect(reads).toBe(1);
  });

  test("starts another flight if their token shows a later change", async () => {
    let updatedAt = at(0);
    read = async () => present("Ann", updatedAt);
    sync = async () => {
      updatedAt = at(10);
    };
    const older = keeper.ensureFresh(caller(at(0)));
    const newer = keeper.ensureFresh(caller(at(10), at(10)));
    expect(await older).toMatchObject({ source: "database", mirror: { updatedAt: at(0) } });
    expect(await newer).toMatchObject({ source: "clerk", mirror: { updatedAt: at(10) } });
  });
});

describe("if there is a run's tombstone", () => {
  beforeEach(() => {
    read = async () => ({ state: "deleted", id: null, deletedBy: "run", checkedAt: at(5) });
  });

  test("a caller who joins the flight of an earlier token starts another with a later one", async () => {
    sync = async () => {
      read = async () => present("Ann", at(10));
    };
    const calls = [caller(at(4)), caller(at(10))].map((who) => nameShown(who));
    expect(await Promise.all(calls)).toEqual(["deleted", "fresh clerk Ann"]);
    expect(asked).toBe(1);
  });

  test("any number of simultaneous calls with one token share one request to Clerk and its result", async () => {
    sync = async () => {
      throw new SyncError("USER_NOT_FOUND", "no such user");
    };
    const answers = await Promise.all(Array.from({ length: 100 }, () => nameShown(caller(at(10)))));
    expect(new Set(answers)).toEqual(new Set(["deleted"]));
    expect({ asked, reads }).toEqual({ asked: 1, reads: 1 });
  });
});

describe("if Clerk fails", () => {
  const changed = () => caller(at(10), at(10));
  beforeEach(() => {
    sync = async () => {
      throw new SyncError("CLERK_UNREACHABLE", "away");
    };
  });

  test("the stale row is shown, and after two failures Clerk is not asked for ten seconds", async () => {
    for (let call = 0; call < 5; call++)
      expect(await nameShown(changed())).toBe(`stale ${call < 2 ? "clerk" : "database"} Ann`);
    expect(asked).toBe(2);
    now += 10 * SECOND;
    await nameShown(changed());
    expect(asked).toBe(3);
  });

  test("the database is still read: a webhook's change is seen immediately", async () => {
    await nameShown(changed());
    await nameShown(changed());
    read = async () => present("Anna", at(10));
    expect(await nameShown(changed())).toBe("fresh database Anna");
    expect(asked).toBe(2);
  });

  test("an unknown user continues without a row", async () => {
    read = async () => ({ state: "absent" });
    expect(await nameShown(changed())).toBe("unpersisted clerk null");
  });
});

test("if the database accepts no writes, Clerk is not asked at every call", async () => {
  read = async () => ({ state: "absent" });
  sync = async () => {
    throw new SyncError("SCHEMA_MISMATCH", "a column is missing");
  };
  for (let call = 0; call < 5; call++) await nameShown(caller(at(0)));
  expect(asked).toBe(1);
});

test("while the database is down, the known data is shown without a time limit", async () => {
  await nameShown(caller(at(0)));
  read = async () => {
    throw new SyncError("DATABASE_UNREACHABLE", "away");
  };
  now += 60 * MINUTE;
  for (let call = 0; call < 3; call++) expect(await nameShown(caller(at(0)))).toBe("stale memory Ann");
  expect(asked).toBe(0);
});
