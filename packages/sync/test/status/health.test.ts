import { PrismaPg } from "@prisma/adapter-pg";
import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { PrismaClient } from "@rollcall/db/client";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod/v4";
import { createRollcall, type Database, type Rollcall, type RollcallOptions } from "../../src/index.ts";
import { answering } from "../clerk/answering.ts";
import { type Host, openHost, snapshot } from "../write-path/host.ts";

const MINUTE = 60_000;

let host: Host;
let clerk: Emulator;
let rollcall: Rollcall;
const lines: Record<string, unknown>[] = [];
const note = (fields: Record<string, unknown>) => void lines.push(fields);

/** A process with an empty memory. */
const start = ({ db = host.db, apiUrl = clerk.url }: { db?: RollcallOptions["db"]; apiUrl?: string } = {}) =>
  createRollcall({
    db,
    clerk: { secretKey: clerk.secretKey, apiUrl, webhookSigningSecret: clerk.webhookSigningSecret },
    logger: { info: () => {}, warn: note, error: note },
  });

beforeAll(async () => {
  host = await openHost();
  clerk = await startEmulator({ users: 3 });
});
beforeEach(async () => {
  await host.clear();
  await host.sql.query(`delete from rollcall."ClerkInstance"; delete from rollcall."SyncEvent"`);
  lines.length = 0;
  rollcall = start();
});
afterAll(async () => {
  await clerk[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${clerk.url}/__control${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
const newUsers = async (count: number): Promise<string[]> =>
  z.object({ userIds: z.array(z.string()) }).parse(await control("POST", "/users", { count })).userIds;
const change = (id: string, minutesAgo: number) =>
  control("PATCH", `/users/${id}`, { first_name: "Renamed", updated_at: Date.now() - minutesAgo * MINUTE });

describe("a webhook that delivers nothing", () => {
  const degraded = async () => (await start().health()).status === "degraded";
  let ids: string[];
  beforeEach(async () => {
    ids = await newUsers(3);
    for (const id of ids) await change(id, 30);
  });

  test("is noticed when three reads find changes that it should have delivered", async () => {
    for (const id of ids) await rollcall.syncUser(id);
    for (const id of ids) await change(id, 11);
    for (const id of ids) expect(await rollcall.syncUser(id)).toMatchObject({ outcome: "updated" });
    expect(await degraded()).toBe(true);
  });

  test("is not suspected for changes of the last minutes, which may be on their way", async () => {
    for (const id of ids) await rollcall.syncUser(id);
    for (const id of ids) await change(id, 1);
    for (const id of ids) expect(await rollcall.syncUser(id)).toMatchObject({ outcome: "updated" });
    expect(await degraded()).toBe(false);
  });

  test("is not suspected for users of an earlier sync who are read for the first time", async () => {
    await host.sql.query(`insert into rollcall."ClerkInstance" (id, "adoptedAt") values ($1, now())`, [
      clerk.instanceId,
    ]);
    for (const id of ids) await host.sql.query(`insert into "User" (id) values ($1)`, [id]);
    for (const id of ids) expect(await rollcall.syncUser(id)).toMatchObject({ outcome: "updated" });
    expect(await degraded()).toBe(false);
  });

  test("is not suspected for rows that were edited manually and are corrected", async () => {
    for (const id of ids) await rollcall.syncUser(id);
    await host.sql.query(`update rollcall."ClerkUser" set "checkedAt" = "checkedAt" - interval '1 minute'`);
    await host.sql.query(`update "User" set name = 'By hand'`);
    for (const id of ids) expect(await rollcall.syncUser(id)).toMatchObject({ outcome: "updated" });
    expect(await degraded()).toBe(false);
  });

  test("does not fail the sync if it cannot be logged; the log has a line", async () => {
    const [id = ""] = ids;
    await rollcall.syncUser(id);
    await change(id, 11);
    await host.sql.query(`alter table rollcall."SyncEvent" rename to "Gone"`);
    const synced = await rollcall
      .syncUser(id)
      .finally(() => host.sql.query(`alter table rollcall."Gone" rename to "SyncEvent"`));
    expect(synced).toMatchObject({ outcome: "updated" });
    expect(lines).toEqual([expect.objectContaining({ event: "log_failed", userId: id })]);
  });
});

describe("a health check", () => {
  const counted = () => {
    const asked: string[] = [];
    const db: Database = {
      query(text, values) {
        if (text.includes(`"SyncEvent"`)) asked.push(text);
        return host.db.query(text, values);
      },
      transaction: host.db.transaction,
    };
    return { asked, rollcall: start({ db }) };
  };

  test("shares one database query with simultaneous ones, and those a moment later", async () => {
    const process = counted();
    await Promise.all(Array.from({ length: 20 }, () => process.rollcall.health()));
    await process.rollcall.health();
    expect(process.asked).toHaveLength(1);
  });

  test("gets a new answer two seconds later", async () => {
    const process = counted();
    await process.rollcall.health();
    await expect
      .poll(async () => (await process.rollcall.health()) && process.asked.length, { timeout: 10_000, interval: 100 })
      .toBe(2);
  });

  test("answers within a few seconds while the database does not, and queries it no more often", async () => {
    const process = counted();
    const blocker = await host.sql.connect();
    try {
      await blocker.query(`begin; lock table rollcall."SyncEvent"`);
      const started = performance.now();
      const answers = await Promise.all([process.rollcall.health(), process.rollcall.health()]);
      expect(performance.now() - started).toBeLessThan(6_000);
      expect(answers).toEqual(
        Array(2).fill(expect.objectContaining({ status: "down", database: "down", clerk: "ok" })),
      );
      expect(process.asked).toHaveLength(1);
    } finally {
      await blocker.query("rollback");
      blocker.release();
    }
  });
});

describe("a database that answers but has a problem", () => {
  test("is not down without its tables, and health names them", async () => {
    await host.sql.query(`alter table rollcall."SyncEvent" rename to "Gone"`);
    const health = await rollcall
      .health()
      .finally(() => host.sql.query(`alter table rollcall."Gone" rename to "SyncEvent"`));
    expect(health).toEqual({
      status: "degraded",
      database: "no_tables",
      clerk: "ok",
      webhook: { lastAt: null, ageSeconds: null },
      runs: null,
    });
  });

  test("whose columns are not as expected is degraded, until they are", async () => {
    await host.sql.query(`alter table "User" rename column image to picture`);
    const health = await rollcall
      .health()
      .finally(() => host.sql.query(`alter table "User" rename column picture to image`));
    expect(health).toMatchObject({ status: "degraded", database: "schema_mismatch", clerk: "ok", runs: "ok" });
    expect(await start().health()).toMatchObject({ status: "ok", database: "ok" });
  });

  test("that lacks a migration is degraded", async () => {
    await host.sql.query(`alter table rollcall.migration rename to "Gone"`);
    const health = await rollcall
      .health()
      .finally(() => host.sql.query(`alter table rollcall."Gone" rename to migration`));
    expect(health).toMatchObject({ status: "degraded", database: "schema_mismatch" });
  });

  test("that takes no writes is degraded", async () => {
    const connection = { connectionString: host.url, options: "-c default_transaction_read_only=on" };
    const db = new PrismaClient({ adapter: new PrismaPg(connection) });
    try {
      const readOnly = start({ db });
      expect(await readOnly.health()).toMatchObject({ status: "degraded", database: "read_only" });
      await expect(readOnly.applySnapshots([snapshot("user_Ann")])).rejects.toMatchObject({
        code: "DATABASE_UNAVAILABLE",
        message: expect.stringContaining("read-only"),
      });
    } finally {
      await db.$disconnect();
    }
  });

  test("with a full disk is degraded from the first write without space to the first that succeeds", async () => {
    await host.sql.query(`
      create function no_space() returns trigger language plpgsql as $$ begin
        raise exception 'could not extend file: No space left on device' using errcode = 'disk_full';
      end $$;
      create trigger no_space before insert on rollcall."ClerkUser" execute function no_space()`);
    try {
      await expect(rollcall.applySnapshots([snapshot("user_Ann")])).rejects.toMatchObject({
        code: "DATABASE_UNAVAILABLE",
        message: expect.stringContaining("full"),
      });
      expect(await rollcall.health()).toMatchObject({ status: "degraded", database: "full" });
    } finally {
      await host.sql.query(`drop function no_space cascade`);
    }
    await rollcall.applySnapshots([snapshot("user_Ann")]);
    await expect.poll(() => rollcall.health(), { timeout: 10_000, interval: 100 }).toMatchObject({ database: "ok" });
  });
});

describe("the clock of this machine", () => {
  /** A Clerk with a different clock than ours. */
  const clerkThatIs = (aheadMs: number) =>
    answering((_, response) => {
      response.setHeader("date", new Date(Date.now() + aheadMs).toUTCString());
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ object: "instance", id: clerk.instanceId }));
    });
  const refusedHint = async (process: Rollcall, secondsAgo: number) => {
    const headers = {
      "svix-id": "msg_1",
      "svix-timestamp": String(Math.floor(Date.now() / 1_000) - secondsAgo),
      "svix-signature": "v1,AAAA",
    };
    const response = await process.handleWebhook(new Request("http://app/", { method: "POST", headers, body: "{}" }));
    expect(response.status).toBe(400);
    return z.object({ error: z.object({ hint: z.string() }) }).parse(await response.json()).error.hint;
  };

  test.each([
    [-60_000, /clock is (59|60|61) s ahead of Clerk's/],
    [60_000, /clock is (59|60|61) s behind Clerk's/],
  ])(
    "that differs from Clerk's by a minute is named by health and by a delivery whose time is refused",
    async (aheadMs, hint) => {
      await using other = await clerkThatIs(aheadMs);
      const process = start({ apiUrl: other.url });
      expect(await process.health()).toMatchObject({ status: "degraded", clerk: "clock_differs" });
      expect(await refusedHint(process, 310)).toMatch(hint);
      expect(await refusedHint(process, 0)).not.toMatch(/clock is/);
    },
  );

  test("that differs by a few seconds is not suspected", async () => {
    await using other = await clerkThatIs(15_000);
    const process = start({ apiUrl: other.url });
    expect(await process.health()).toMatchObject({ status: "ok", clerk: "ok" });
    expect(await refusedHint(process, 310)).not.toMatch(/clock is/);
  });

  test("is not checked if Clerk does not answer", async () => {
    expect(await refusedHint(start({ apiUrl: "http://127.0.0.1:1" }), 310)).toContain("CLERK_WEBHOOK_SIGNING_SECRET");
  });
});
