import { hasPgBouncer, startPgBouncer } from "@rollcall/dev-stack/testing/pgbouncer";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { LogEntry, Logger } from "../../src/index.ts";
import { createRollcall } from "../../src/rollcall.ts";
import { type HostDatabase, openOver } from "../driver.ts";
import { type Host, openHost, snapshot } from "../write-path/host.ts";

/** postgres.js prepares none. */
const drivers = ["prisma", "pg"] as const;
const LARGE = 1_000;

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
afterAll(() => host[Symbol.asyncDispose]());
beforeEach(() => host.clear());

const known = (count: number) => Array.from({ length: count }, (_, n) => snapshot(`user_Known${n}`));

async function fillTables(): Promise<void> {
  await host.apply(...known(LARGE));
  await host.writePath.analyse();
}

const collect = (logged: LogEntry[]): Logger => {
  const add = (entry: LogEntry) => void logged.push(entry);
  return { info: add, warn: add, error: add };
};

function rollcallOver(db: HostDatabase, logged: LogEntry[] = []) {
  return createRollcall({ db, clerk: { secretKey: "not used" }, tables: host.tables, logger: collect(logged) });
}

/** How many statements the only connection of a client keeps. */
async function kept(db: HostDatabase): Promise<unknown> {
  const [row] = await db.query(
    `select count(*)::int as number from pg_prepared_statements where statement like '/* rollcall_%'`,
  );
  return row;
}

test.each(drivers)("over %s, a write of one user is prepared once, and a batch never", async (driver) => {
  await fillTables();
  await using db = openOver(driver, host.url, { connections: 1 });
  const { applySnapshots } = rollcallOver(db);

  await applySnapshots(known(2));
  expect(await kept(db)).toEqual({ number: 0 });

  for (const user of [snapshot("user_Known1"), snapshot("user_New"), snapshot("user_Known2", { name: "Renamed" })])
    await applySnapshots([user]);
  expect(await kept(db)).toEqual({ number: 1 });
  expect(await host.users()).toContainEqual(expect.objectContaining({ id: "user_New", name: "New" }));
});

test("in nearly empty tables no plan is kept: it would suit no other size", async () => {
  await host.writePath.analyse();
  await using db = openOver("pg", host.url, { connections: 1 });
  await rollcallOver(db).applySnapshots([snapshot("user_First")]);
  expect(await kept(db)).toEqual({ number: 0 });
});

test("a process that began with nearly empty tables prepares statements once they are large", async () => {
  await host.writePath.analyse();
  await using db = openOver("pg", host.url, { connections: 1 });
  const { applySnapshots } = rollcallOver(db);
  await applySnapshots([snapshot("user_First")]);
  await fillTables();
  await applySnapshots([snapshot("user_First")]);
  expect(await kept(db)).toEqual({ number: 0 });

  const now = performance.now.bind(performance);
  using _ = vi.spyOn(performance, "now").mockImplementation(() => now() + 6 * 60_000);
  await expect
    .poll(async () => {
      await applySnapshots([snapshot("user_First")]);
      return kept(db);
    })
    .toEqual({ number: 1 });
});

test("a prepared write does not depend on the first users that it wrote", async () => {
  await fillTables();
  await using db = openOver("pg", host.url, { connections: 1 });
  const { applySnapshots } = rollcallOver(db);
  // PostgreSQL plans the first five calls one by one, and then keeps a plan.
  for (let n = 0; n < 10; n++) await applySnapshots([snapshot(`user_Known${n}`)]);
  const [without] = await applySnapshots([snapshot("user_None", { email: null, emailVerifiedAt: null })]);
  expect(without).toMatchObject({ outcome: "created", conflict: false });
  const [contended] = await applySnapshots([
    snapshot("user_Late", { email: "known1@example.com", emailVerifiedAt: null }),
  ]);
  expect(contended).toMatchObject({ outcome: "created", conflict: true });
});

test.each(drivers)(
  "over %s, a column that changes its type while statements are prepared harms no caller",
  async (driver) => {
    await fillTables();
    await using db = openOver(driver, host.url, { connections: 1 });
    const rollcall = rollcallOver(db);
    await rollcall.applySnapshots([snapshot("user_Known0")]);
    const caller = { userId: "user_Known0", tokenIssuedAt: new Date(0), userUpdatedAt: null, role: null };
    expect(await rollcall.ensureFresh(caller)).toMatchObject({ user: { name: "Known0" } });

    await host.sql.query(`alter table "User" alter name type varchar(300)`);
    try {
      await rollcall.applySnapshots([snapshot("user_Known1")]);
      expect(await rollcall.ensureFresh({ ...caller, userId: "user_Known1" })).toMatchObject({
        user: { name: "Known1" },
      });
    } finally {
      await host.sql.query(`alter table "User" alter name type text`);
    }
  },
);

test.skipIf(!hasPgBouncer).each(drivers)(
  "over %s, behind a pooler that keeps no prepared statements, writes succeed and one line says so",
  async (driver) => {
    await fillTables();
    await using pooler = await startPgBouncer(host.url, { poolSize: 1 });
    await using first = openOver(driver, pooler.url, { connections: 1 });
    await rollcallOver(first).applySnapshots([snapshot("user_Known0")]);

    // Its names are known to the server's connection already, by the other process.
    await using second = openOver(driver, pooler.url, { connections: 4 });
    const logged: LogEntry[] = [];
    const { applySnapshots } = rollcallOver(second, logged);
    const users = known(200);
    const results = await Promise.all(users.map((user) => applySnapshots([{ ...user, name: "Again" }])));
    expect(results.flat().filter(({ outcome }) => outcome !== "updated" && outcome !== "unchanged")).toEqual([]);
    expect(logged.filter(({ event }) => event === "statements_unprepared")).toHaveLength(1);
  },
);
