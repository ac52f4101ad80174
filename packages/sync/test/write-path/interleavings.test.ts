import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database, Snapshot } from "../../src/index.ts";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { at, type Host, INSTANCE, openHost, snapshot } from "./host.ts";
import { pausedAfter } from "./paused.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(() => host.clear());
afterAll(() => host[Symbol.asyncDispose]());

const emails = async () => Object.fromEntries((await host.users()).map(({ id, email }) => [id, email]));

/** A client whose attempts to write are counted: fast statements and transactions of the slow path. */
function counting(db: Database) {
  const counted = {
    tries: 0,
    db: {
      query: (text, values) => {
        if (text === host.statements.fast || text === host.statements.fastForOne) counted.tries++;
        return db.query(text, values);
      },
      transaction: (work, limits) => {
        counted.tries++;
        return db.transaction(work, limits);
      },
    } satisfies Database,
  };
  return counted;
}

/** A client that holds a row until it is released, or the test ends, like a long transaction of the application. */
async function holding(statement: string, ...values: unknown[]) {
  const client = await host.sql.connect();
  await client.query("begin");
  await client.query(statement, values);
  let held = true;
  const letGo = async () => {
    if (!held) return;
    held = false;
    await client.query("commit");
    client.release();
  };
  return { letGo, [Symbol.asyncDispose]: letGo };
}

const verifiedLater = (id: string, differences: Partial<Snapshot>) =>
  snapshot(id, { emailSince: at(5), emailVerifiedAt: at(5), ...differences });

describe("two simultaneous writers", () => {
  test("one gives an address up while another claims it: the claimant ends up with it", async () => {
    await host.apply(snapshot("user_Ann", { email: "shared@example.com" }));
    // Without a row, there is no row lock for the two to wait on.
    await host.sql.query(`delete from "User"`);
    const paused = pausedAfter(host.db, host.statements.project);
    const leaving = createWritePath(paused.db, host.tables).applySnapshots([
      snapshot("user_Ann", { email: "ann@example.com", updatedAt: at(1) }),
    ]);
    await paused.reached;
    let done = false;
    const claiming = host
      .apply(snapshot("user_Bob", { email: "shared@example.com", emailVerifiedAt: null }))
      .then((result) => {
        done = true;
        return result;
      });
    await Promise.race([host.untilBlocked(), claiming]);
    expect(done, "the claimant waits for its turn").toBe(false);
    paused.resume();
    await Promise.all([leaving, claiming]);
    expect(await emails()).toEqual({ user_Ann: "ann@example.com", user_Bob: "shared@example.com" });
  });

  test("a claim made after the row was judged is released by the rules, and its heir gets the address", async () => {
    await host.apply(snapshot("user_Bob", { email: "old@example.com", emailVerifiedAt: null }));
    await host.apply(snapshot("user_Ann", { email: null, emailVerifiedAt: null, emailSince: null }));
    const paused = pausedAfter(host.db, host.statements.record);
    const earlier = createWritePath(paused.db, host.tables).applySnapshots([
      snapshot("user_Ann", { email: "old@example.com", updatedAt: at(1) }),
    ]);
    await paused.reached;
    const later = host.apply(snapshot("user_Ann", { email: "new@example.com", updatedAt: at(2) }));
    await host.untilBlocked();
    paused.resume();
    await Promise.all([earlier, later]);
    expect(await emails()).toEqual({ user_Ann: "new@example.com", user_Bob: "old@example.com" });
  });

  test("an older snapshot that waited for a newer one's row does not undo it", async () => {
    await host.apply(snapshot("user_Ann"));
    await using row = await holding(
      `update rollcall."ClerkUser" set "updatedAt" = $1, "checkedAt" = $1, name = 'Newest' where id = 'user_Ann'`,
      at(9).toISOString(),
    );
    const older = host.apply(snapshot("user_Ann", { name: "Older", updatedAt: at(1) }));
    await host.untilBlocked();
    await row.letGo();
    expect(await older).toEqual([{ id: "user_Ann", outcome: "outdated", conflict: false }]);
    expect(await host.clerkUsers()).toMatchObject([{ id: "user_Ann", name: "Newest", updatedAt: at(9).getTime() }]);
  });

  test("two claim the address of a row not synced yet: the better claim gets it", async () => {
    await host.sql.query(
      `insert into "User" (id, email, "emailVerified", name, image) values ('user_Ann', 'ann@example.com', $1, 'Ann', $2)`,
      [at(0).toISOString(), "https://img.example.com/user_Ann"],
    );
    await host.apply(snapshot("user_Zoe"));
    await using row = await holding(`select from "User" where id = 'user_Zoe' for update`);
    // Ann's row is equal already and Zoe's is held: the statement waits between its record of Ann and its end.
    const adopting = host.apply(snapshot("user_Ann"), snapshot("user_Zoe", { name: "Zoë", updatedAt: at(1) }));
    await host.untilBlocked();
    let done = false;
    const rival = host
      .apply(snapshot("user_Bob", { email: "ann@example.com", emailVerifiedAt: null }))
      .then((result) => {
        done = true;
        return result;
      });
    await Promise.race([host.untilBlocked(2), rival]);
    expect(done, "the rival waits for the row").toBe(false);
    await row.letGo();
    await Promise.all([adopting, rival]);
    expect(await emails()).toEqual({ user_Ann: "ann@example.com", user_Bob: null, user_Zoe: "zoe@example.com" });
  });

  test("a rename of an address's owner, while another user claims the address, is written", async () => {
    await host.apply(snapshot("user_Ann", { email: null, emailVerifiedAt: null, emailSince: null }));
    await host.sql.query(`insert into "User" (id, email) values ('own-1', 'shared@example.com')`);
    await host.apply(snapshot("user_Bob", { email: "shared@example.com" }));
    await host.sql.query(`delete from "User" where id = 'own-1'`); // Bob owns the address, and no row has it yet
    await using row = await holding(`select from "User" where id = 'user_Ann' for update`);
    const claiming = host.apply(
      snapshot("user_Ann", { email: "shared@example.com", emailVerifiedAt: null, updatedAt: at(1) }),
    );
    await host.untilBlocked(); // the projection has read who owns the address, and waits for Ann's row
    const renaming = host.apply(snapshot("user_Bob", { email: "shared@example.com", name: "Bert", updatedAt: at(1) }));
    await Promise.race([host.untilBlocked(2), renaming]);
    await row.letGo();
    await Promise.all([claiming, renaming]);
    expect(await host.users()).toMatchObject([
      { id: "user_Ann", email: null },
      { id: "user_Bob", email: "shared@example.com", name: "Bert" },
    ]);
  });

  test("a claim on an address and a rename of its owner take their locks in the same order, so neither is retried", async () => {
    await host.apply(snapshot("user_Abe"), snapshot("user_Ann"), snapshot("user_Bob"));
    await using row = await holding(`select from "User" where id = 'user_Abe' for update`);
    const counted = counting(host.db);
    const { applySnapshots } = createWritePath(counted.db, host.tables);
    // It has recorded Bob, and waits for Abe's row before it writes Bob's.
    const renaming = applySnapshots([
      snapshot("user_Abe", { name: "Abraham", updatedAt: at(1) }),
      snapshot("user_Bob", { name: "Bert", updatedAt: at(1) }),
    ]);
    await host.untilBlocked();
    const claiming = applySnapshots([
      snapshot("user_Ann", { email: "bob@example.com", emailVerifiedAt: null, updatedAt: at(1) }),
    ]);
    await Promise.race([host.untilBlocked(2), claiming]);
    await row.letGo();
    await Promise.all([renaming, claiming]);
    expect(counted.tries, "one fast statement each, and one turn of the claimant's").toBe(3);
    expect(await emails()).toEqual({ user_Abe: "abe@example.com", user_Ann: null, user_Bob: "bob@example.com" });
  });

  test("two users who swap their addresses, in two processes, are written one after the other, so neither is retried", async () => {
    await host.apply(snapshot("user_Ann"), snapshot("user_Bob"));
    const counted = counting(host.db);
    const paused = pausedAfter(counted.db, host.statements.record);
    const one = createWritePath(paused.db, host.tables).applySnapshots([
      verifiedLater("user_Ann", { email: "bob@example.com", updatedAt: at(6) }),
    ]);
    await paused.reached;
    const other = createWritePath(counted.db, host.tables).applySnapshots([
      verifiedLater("user_Bob", { email: "ann@example.com", updatedAt: at(6) }),
    ]);
    await host.untilBlocked();
    paused.resume();
    await Promise.all([one, other]);
    expect(counted.tries, "a fast statement and a turn of each").toBe(4);
    expect(await emails()).toEqual({ user_Ann: "bob@example.com", user_Bob: "ann@example.com" });
  });

  test("an unchanged user who changes before the row was settled is judged again", async () => {
    await host.apply(snapshot("user_Ann"));
    const paused = pausedAfter(host.db, host.statements.record);
    const tie = createWritePath(paused.db, host.tables).applySnapshots([
      snapshot("user_Ann", { email: "tie@example.com", checkedAt: at(0.1) }),
    ]);
    await paused.reached;
    const settling = host.apply(snapshot("user_Ann", { checkedAt: at(0.5) }));
    await host.untilBlocked();
    paused.resume();
    await Promise.all([tie, settling]);
    expect(await host.clerkUsers()).toMatchObject([{ email: "ann@example.com", checkedAt: at(0.5).getTime() }]);
    expect(await emails()).toEqual({ user_Ann: "ann@example.com" });
  });

  test("two new users claim one address together: both exist, one with it, and the caller gets no error", async () => {
    await host.apply(snapshot("user_Zoe"));
    await using row = await holding(`select from "User" where id = 'user_Zoe' for update`);
    const first = host.apply(
      verifiedLater("user_Ann", { email: "shared@example.com" }),
      snapshot("user_Zoe", { name: "Zoë", updatedAt: at(1) }),
    );
    await host.untilBlocked();
    const second = host.apply(snapshot("user_Bob", { email: "shared@example.com" }));
    await host.untilBlocked(2);
    await row.letGo();
    const results = [...(await first), ...(await second)].sort((a, b) => a.id.localeCompare(b.id));
    expect(results).toEqual([
      { id: "user_Ann", outcome: "created", conflict: false },
      { id: "user_Bob", outcome: "created", conflict: true },
      { id: "user_Zoe", outcome: "updated", conflict: false },
    ]);
    expect(await emails()).toEqual({ user_Ann: "shared@example.com", user_Bob: null, user_Zoe: "zoe@example.com" });
  });

  test("a deletion that waits for a change of the same user wins", async () => {
    await host.apply(snapshot("user_Ann"));
    const paused = pausedAfter(host.db, host.statements.record);
    const moving = createWritePath(paused.db, host.tables).applySnapshots([
      snapshot("user_Ann", { email: "new@example.com", updatedAt: at(1) }),
    ]);
    await paused.reached;
    const burying = host.writePath.applyDeletions(["user_Ann"], { instanceId: INSTANCE, deletedBy: "webhook" });
    await host.untilBlocked();
    paused.resume();
    await Promise.all([moving, burying]);
    expect(await host.users()).toEqual([{ id: "user_Ann", email: null, emailVerified: null, name: null, image: null }]);
  });

  test.each([
    ["change", snapshot("user_Ann"), { name: "Anna", updatedAt: at(1) }],
    [
      "settling",
      snapshot("user_Ann", { email: null, emailVerifiedAt: null, emailSince: null, name: null, image: null }),
      { checkedAt: at(0.5) },
    ],
  ])("a %s that waits for a deletion of the same user finds the user deleted", async (_, known, differences) => {
    await host.apply(known);
    const paused = pausedAfter(host.db, host.statements.insertTombstones);
    const burying = createWritePath(paused.db, host.tables).applyDeletions(["user_Ann"], {
      instanceId: INSTANCE,
      deletedBy: "webhook",
    });
    await paused.reached;
    const late = host.apply({ ...known, checkedAt: at(1), ...differences });
    await host.untilBlocked();
    paused.resume();
    await burying;
    expect(await late).toEqual([{ id: "user_Ann", outcome: "deleted", conflict: false }]);
    expect(await host.users()).toEqual([{ id: "user_Ann", email: null, emailVerified: null, name: null, image: null }]);
    expect(await host.clerkUsers()).toMatchObject([{ name: null, checkedAt: at(0).getTime(), deletedBy: "webhook" }]);
  });

  test("a batch settles its users in one order, however they arrive, so that two batches never wait for each other", async () => {
    const users = ["user_Ann", "user_Bob", "user_Cid"];
    await host.apply(...users.map((id) => snapshot(id)));
    // A table as small as the batch is read in the order in which it is stored, which is the same for both.
    await host.sql.query(
      `insert into rollcall."ClerkUser" (id, "instanceId", "createdAt", "updatedAt", "checkedAt", "syncedAt")
       select 'user_' || n, $1, now(), now(), now(), now() from generate_series(1, 10000) n`,
      [INSTANCE],
    );
    await host.sql.query(`analyze rollcall."ClerkUser"`);
    await using row = await holding(`select from rollcall."ClerkUser" where id = 'user_Ann' for update`);
    const settling = host.apply(...users.toReversed().map((id) => snapshot(id, { checkedAt: at(0.5) })));
    await host.untilBlocked();
    const free = await host.sql.query(
      `select from rollcall."ClerkUser" where id in ('user_Bob', 'user_Cid') for update skip locked`,
    );
    expect(free.rowCount, "no user after Ann is locked before her").toBe(2);
    await row.letGo();
    expect((await settling).map(({ outcome }) => outcome)).toEqual(["unchanged", "unchanged", "unchanged"]);
  });
});
