import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createClerkApi } from "../../src/clerk/clerk-api.ts";
import { defaultTables } from "../../src/database/tables.ts";
import type { ApplicationTables, Database } from "../../src/index.ts";
import { createInstanceGuard } from "../../src/instance/guard.ts";
import { answering } from "../clerk/answering.ts";
import { type Host, openHost } from "../write-path/host.ts";

const MINUTE = 60_000;

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(async () => {
  await host.clear();
  await host.sql.query(`truncate rollcall."ClerkInstance"`);
});
afterAll(() => host[Symbol.asyncDispose]());

interface Started {
  /** The configured URL of Clerk's API; a program on this machine always answers. */
  apiUrl?: string;
  tables?: ApplicationTables;
}

/** A process with a key of the given instance, and what it asked Clerk and the database. */
async function start(id: string, { apiUrl = "https://api.clerk.com", tables = defaultTables }: Started = {}) {
  const process = { asked: 0, statements: 0, clerkIsAway: false, now: 0 };
  const clerk = await answering((_, response) => {
    process.asked++;
    response.writeHead(process.clerkIsAway ? 500 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ object: "instance", id }));
  });
  const counted: Database = {
    query(text, values) {
      process.statements++;
      return host.db.query(text, values);
    },
    transaction: host.db.transaction,
  };
  const guard = createInstanceGuard({
    db: counted,
    tables,
    clerk: createClerkApi({ secretKey: "sk_test_key", apiUrl: clerk.url }, { timeoutMs: 5_000 }),
    apiUrl,
    now: () => process.now,
  });
  return Object.assign(process, guard, { [Symbol.asyncDispose]: () => clerk[Symbol.asyncDispose]() });
}

const active = async () => (await host.sql.query(`select id from rollcall."ClerkInstance"`)).rows.map(({ id }) => id);
const activate = (id: string) => host.sql.query(`update rollcall."ClerkInstance" set id = $1`, [id]);
const refused = expect.objectContaining({ code: "INSTANCE_REFUSED" });

describe("a database without an instance", () => {
  test("adopts the first one", async () => {
    await using ours = await start("ins_ours");
    expect(await ours.instanceId()).toBe("ins_ours");
    expect(await active()).toEqual(["ins_ours"]);
  });

  test("adopts the one that a signed delivery names, if the key belongs to it", async () => {
    await using ours = await start("ins_ours");
    expect(await ours.mirrors("ins_ours")).toBe(true);
    expect(await active()).toEqual(["ins_ours"]);
  });

  test("does not adopt one that a signed delivery names, if the key does not belong to it", async () => {
    await using ours = await start("ins_ours");
    expect(await ours.mirrors("ins_example")).toBe(false);
    expect(await active()).toEqual([]);
    expect(await ours.instanceId()).toBe("ins_ours");
  });

  test("adopts no instance while Clerk cannot say which one the key belongs to", async () => {
    await using ours = await start("ins_ours");
    ours.clerkIsAway = true;
    await expect(ours.mirrors("ins_ours")).rejects.toMatchObject({ code: "CLERK_ERROR" });
    expect(await active()).toEqual([]);
  });

  test("is not changed by calls that only compare", async () => {
    await using ours = await start("ins_ours");
    expect(await ours.instanceId({ adopts: false })).toBe("ins_ours");
    expect(await active()).toEqual([]);
  });

  test("adopts one of several simultaneous ones, and refuses the others", async () => {
    await using a = await start("ins_a");
    await using b = await start("ins_b");
    await using c = await start("ins_c");
    const answers = await Promise.allSettled([a, b, c].map(({ instanceId }) => instanceId()));
    const [winner] = await active();
    expect(await active()).toHaveLength(1);
    expect(answers.filter((answer) => answer.status === "rejected").map(({ reason }) => reason)).toEqual([
      refused,
      refused,
    ]);
    expect(answers).toContainEqual({ status: "fulfilled", value: winner });
  });

  const table = (name: string) => `create table "${name}" ("clerkId" text primary key)`;
  const members: ApplicationTables = {
    ...defaultTables,
    user: { ...defaultTables.user, table: "Member", key: "clerkId" },
  };
  const onThisMachine = { apiUrl: "http://127.0.0.1:4010" };

  test("but with Clerk users is not adopted by an emulator on this machine", async () => {
    await host.sql.query(`insert into "User" (id) values ('user_Prod')`);
    await using emulator = await start("ins_emulator", onThisMachine);
    await expect(emulator.instanceId()).rejects.toMatchObject({
      code: "INSTANCE_REFUSED",
      message: expect.stringContaining("ins_emulator"),
      hint: expect.stringContaining("npx rollcall adopt"),
    });
    await expect(emulator.instanceId({ adopts: false })).rejects.toEqual(refused);
    expect(await emulator.mirrors("ins_emulator")).toBe(false);
    expect(await active()).toEqual([]);
  });

  test("but with Clerk users in the host's own table is not adopted, either", async () => {
    await host.sql.query(`${table("Member")}; insert into "Member" values ('user_Prod')`);
    await using emulator = await start("ins_emulator", { ...onThisMachine, tables: members });
    await expect(emulator.instanceId()).rejects.toEqual(refused);
  });

  test("and with only the application's own rows is adopted by an emulator", async () => {
    await host.sql.query(`insert into "User" (id) values ('1'), ('user_'), ('customer_1')`);
    await using emulator = await start("ins_emulator", onThisMachine);
    expect(await emulator.instanceId()).toBe("ins_emulator");
  });

  test("and with Clerk users from an earlier sync is adopted by an instance at Clerk", async () => {
    await host.sql.query(`insert into "User" (id) values ('user_Old')`);
    await using ours = await start("ins_ours");
    expect(await ours.instanceId()).toBe("ins_ours");
  });
});

describe("a database that mirrors an instance", () => {
  beforeEach(async () => {
    await host.sql.query(`insert into rollcall."ClerkInstance" (id, "adoptedAt") values ('ins_ours', now())`);
  });

  test("refuses the key of another one, and says which two and what to do", async () => {
    await using other = await start("ins_other");
    await expect(other.instanceId()).rejects.toMatchObject({
      code: "INSTANCE_REFUSED",
      message: "CLERK_SECRET_KEY belongs to the Clerk instance ins_other, and this database mirrors ins_ours",
      hint: expect.stringContaining("npx rollcall adopt"),
    });
    await expect(other.instanceId({ adopts: false })).rejects.toEqual(refused);
    expect(await other.mirrors("ins_other")).toBe(false);
    expect(await active()).toEqual(["ins_ours"]);
  });

  test("is checked once for all simultaneous calls, and Clerk is asked once", async () => {
    await using ours = await start("ins_ours");
    await Promise.all(Array.from({ length: 50 }, () => ours.instanceId()));
    await ours.instanceId();
    expect(await ours.mirrors("ins_ours")).toBe(true);
    expect({ asked: ours.asked, statements: ours.statements }).toEqual({ asked: 1, statements: 1 });
  });

  test("is not checked again because of a delivery of another instance", async () => {
    await using ours = await start("ins_ours");
    await ours.instanceId();
    await ours.mirrors("ins_other");
    const before = ours.statements;
    await ours.instanceId();
    expect(ours.statements).toBe(before);
  });

  test("accepts another one as soon as it was adopted, its key and its deliveries", async () => {
    await using other = await start("ins_other");
    await expect(other.instanceId()).rejects.toEqual(refused);
    expect(await other.mirrors("ins_other")).toBe(false);
    await activate("ins_other");
    expect(await other.mirrors("ins_other")).toBe(true);
    expect(await other.instanceId()).toBe("ins_other");
    expect(other.asked, "a key never changes its instance").toBe(1);
  });

  test("refuses the previous one at most five minutes after another was adopted", async () => {
    await using ours = await start("ins_ours");
    await ours.instanceId();
    await activate("ins_other");
    ours.now += 5 * MINUTE;
    await expect(ours.instanceId()).rejects.toEqual(refused);
  });

  test("refuses the previous one immediately in a process that has seen a delivery of the new one", async () => {
    await using ours = await start("ins_ours");
    expect(await ours.mirrors("ins_ours")).toBe(true);
    await activate("ins_other");
    expect(await ours.mirrors("ins_other")).toBe(true);
    expect(await ours.mirrors("ins_ours")).toBe(false);
  });

  test("does not count as checked while Clerk is down; once it is back, calls succeed", async () => {
    await using ours = await start("ins_ours");
    ours.clerkIsAway = true;
    await expect(ours.instanceId()).rejects.toMatchObject({ code: "CLERK_ERROR" });
    ours.clerkIsAway = false;
    expect(await ours.instanceId()).toBe("ins_ours");
  });

  test("does not count as checked while its table is missing; once it exists, calls succeed", async () => {
    await using ours = await start("ins_ours");
    await host.sql.query(`alter table rollcall."ClerkInstance" rename to "Gone"`);
    await expect(ours.instanceId()).rejects.toMatchObject({ code: "SCHEMA_MISMATCH" });
    await host.sql.query(`alter table rollcall."Gone" rename to "ClerkInstance"`);
    expect(await ours.instanceId()).toBe("ins_ours");
  });
});
