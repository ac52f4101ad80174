import { randomUUID } from "node:crypto";
import { type Gate, openGate } from "@rollcall/dev-stack/testing/gate";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toSyncError } from "../../src/database/database-error.ts";
import { openQueue } from "../../src/runs/queue.ts";
import { driverSchema, type HostClientOptions, type HostDatabase, openOver } from "../driver.ts";
import { type Host, openHost } from "../write-path/host.ts";

const WAIT = { timeout: 20_000 };

const LOADED = 5_000; // a machine with other work to do

let host: Host;
let gate: Gate;
beforeAll(async () => {
  host = await openHost({ isolation: "serializable" });
  gate = await openGate(host.url);
  await host.sql.query(`create table note (id int primary key, text text);
    create function refuse() returns trigger language plpgsql as $$ begin
      if new.text = 'bad' then raise exception 'refused' using errcode = 'check_violation'; end if; return null; end $$;
    create constraint trigger refuse after insert on note deferrable initially deferred
      for each row execute function refuse()`);
});
beforeEach(async () => {
  gate.open();
  await host.sql.query("delete from note");
});
afterAll(async () => {
  await gate[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const notes = async () => (await host.sql.query("select id from note order by id")).rows.map(({ id }) => id);
const insert = (id: number, text = "good") => [`insert into note values ($1, $2)`, [id, text]] as const;
/** What a caller of the engine is told. */
const failure = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => "no failure",
    (error: unknown) => toSyncError(error),
  );

describe.each(driverSchema.options)("over %s", (driver) => {
  let opened: HostDatabase[];
  beforeEach(() => {
    opened = [];
  });
  afterEach(async () => {
    gate.shut();
    for (const database of opened) await database[Symbol.asyncDispose]();
  });
  const open = (options: HostClientOptions = {}, url = host.url): HostDatabase => {
    const database = openOver(driver, url, options);
    opened.push(database);
    return database;
  };
  /** Of the one connection. */
  const pidOf = async (db: Pick<HostDatabase, "query">): Promise<number> =>
    Number(JSON.parse(JSON.stringify(await db.query("select pg_backend_pid() as pid")))[0].pid);
  const kill = async (pid: number) => {
    await host.sql.query("select pg_terminate_backend($1)", [pid]);
    await expect
      .poll(async () => (await host.sql.query("select from pg_stat_activity where pid = $1", [pid])).rowCount)
      .toBe(0);
  };

  test("undefined is NULL, and JSON in a text parameter is an object, in UTF-8", async () => {
    const rows = await open().query(
      "select $1::text is null as nothing, $2::text::jsonb as json, $3::float8 as number, $4::boolean as no, $5::text[] as list",
      [undefined, JSON.stringify({ a: "Zoë" }), 1.5, false, ["a", 'b"c', "d,e"]],
    );
    expect(rows).toEqual([{ nothing: true, json: { a: "Zoë" }, number: 1.5, no: false, list: ["a", 'b"c', "d,e"] }]);
  });

  test("a statement may use a parameter twice", async () => {
    expect(await open().query("select $1::int + $1::int as twice, $2::text as text", [21, "x"])).toEqual([
      { twice: 42, text: "x" },
    ]);
  });

  test("a job is sent in the transaction: its data is an object, and a rollback takes it back", async () => {
    await using queue = await openQueue(host.url);
    const db = open();
    const job = { runId: randomUUID(), window: 3 };
    const sent = await db.transaction((transaction) => queue.send(transaction, job));
    const undone = await failure(
      db.transaction(async (transaction) => {
        await queue.send(transaction, { runId: randomUUID(), window: 4 });
        throw new Error("undone");
      }),
    );
    expect(undone).toEqual(new Error("undone"));
    const { rows } = await host.sql.query("select id, jsonb_typeof(data) as type, data from rollcall_queue.job");
    expect(rows).toEqual([{ id: sent, type: "object", data: job }]);
    await host.sql.query("delete from rollcall_queue.job");
  });

  test("a transaction is READ COMMITTED whatever the database's default, and gives what its work gives", async () => {
    const level = await open().transaction((transaction) => transaction.query("show transaction_isolation"));
    expect(level).toEqual([{ transaction_isolation: "read committed" }]);
  });

  test("a transaction whose work throws writes nothing, and the error is the work's own", async () => {
    const db = open({ connections: 1 });
    const mine = new Error("mine");
    const work = db.transaction(async (transaction) => {
      await transaction.query(...insert(1));
      throw mine;
    });
    await expect(work).rejects.toBe(mine);
    expect(await notes()).toEqual([]);
    expect(await db.query("select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("a commit that the server refuses is a failure, and its connection is used again", async () => {
    const db = open({ connections: 1 });
    const committed = db.transaction(async (transaction) => {
      await transaction.query(...insert(1));
      await transaction.query(...insert(2, "bad"));
    });
    expect(await failure(committed)).toMatchObject({
      code: "DATA_REJECTED",
      message: expect.stringContaining("23514"),
    });
    expect(await notes()).toEqual([]);
    await db.transaction((transaction) => transaction.query(...insert(3)));
    expect(await notes()).toEqual([3]);
  });

  test.each(["its next statement", "its commit"])(
    "a connection that is killed inside of a transaction fails %s, and a new one replaces it",
    async (at) => {
      const db = open({ connections: 1 });
      const killed = db.transaction(async (transaction) => {
        await transaction.query(...insert(1));
        await kill(await pidOf(transaction));
        if (at === "its next statement") await transaction.query(...insert(2));
      });
      expect(await failure(killed)).toMatchObject({ code: "DATABASE_UNREACHABLE" });
      expect(await notes()).toEqual([]);
      const next = () => db.transaction((transaction) => transaction.query(...insert(3)));
      // Our adapter for `pg` closes it. The others' drivers may use it once more, until they notice that it is closing.
      if (driver === "pg") await next();
      else await expect.poll(() => failure(next()), WAIT).toBe("no failure");
      expect(await notes()).toEqual([3]);
    },
  );

  test("a connection that is killed while idle, or under a statement, is replaced", async () => {
    const db = open({ connections: 1 });
    await kill(await pidOf(db));
    await expect.poll(() => failure(db.query("select 1")), WAIT).toBe("no failure");
    const asleep = failure(db.query("select 'asleep'::text, pg_sleep(30)::text"));
    await expect
      .poll(async () => {
        const { rowCount } = await host.sql.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where query like 'select ''asleep''%'",
        );
        return rowCount;
      }, WAIT)
      .toBe(1);
    expect(await asleep).toMatchObject({ code: "DATABASE_UNREACHABLE" });
    // postgres.js may send the next statement on the connection that is just closing.
    await expect.poll(() => failure(db.query("select 1")), WAIT).toBe("no failure");
  });

  test("a transaction ends at its time limit, even in many short statements, and sends nothing after it", async () => {
    const db = open({ connections: 1 });
    let refused: unknown;
    const endless = db.transaction(
      async (transaction) => {
        await transaction.query(...insert(1));
        for (;;) {
          await transaction.query("select pg_sleep(0.02)::text").catch((error: unknown) => {
            refused = error;
            throw error;
          });
        }
      },
      { timeout: 300 },
    );
    const from = performance.now();
    expect(await failure(endless)).toMatchObject({
      code: "DATABASE_UNAVAILABLE",
      message: expect.stringContaining("busy"),
    });
    expect(performance.now() - from).toBeLessThan(LOADED);
    await expect.poll(() => refused).toMatchObject({ name: "DatabaseError" });
    expect(await notes()).toEqual([]);
    expect(await db.query("select 1 as one")).toEqual([{ one: 1 }]);
  });

  test("a transaction that gets no connection in time fails as busy, and its work never runs", async () => {
    const db = open({ connections: 1 });
    let free = () => {};
    const holding = new Promise<void>((resolve) => {
      free = resolve;
    });
    let began = () => {};
    const begun = new Promise<void>((resolve) => {
      began = resolve;
    });
    const first = db.transaction(
      async () => {
        began();
        await holding;
      },
      { timeout: 30_000 },
    );
    await begun;
    const second = db.transaction((transaction) => transaction.query(...insert(1)), { maxWait: 200, timeout: 300 });
    expect(await failure(second)).toMatchObject({ code: "DATABASE_UNAVAILABLE" });
    free();
    await first;
    await db.transaction((transaction) => transaction.query(...insert(2)));
    expect(await notes()).toEqual([2]);
  });

  test("a transaction on a connection that goes silent ends at its time limit, for a client without one of its own", async () => {
    const db = open({ connections: 2 }, gate.url);
    const from = performance.now();
    const silenced = db.transaction(
      async (transaction) => {
        await transaction.query(...insert(1));
        gate.swallow();
        await transaction.query(...insert(2));
      },
      { timeout: 500 },
    );
    expect(await failure(silenced)).toMatchObject({
      code: expect.stringMatching(/^DATABASE_UN(AVAILABLE|REACHABLE)$/),
    });
    expect(performance.now() - from).toBeLessThan(2_000 + 500 + 2_000 + LOADED);
    // The server ends what it no longer hears of; Prisma leaves its locks to the system's keepalive.
    if (driver !== "prisma") await host.sql.query("insert into note values (1)");
  });
});
