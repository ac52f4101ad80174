import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createRollcall, type FieldComparison } from "../../src/index.ts";
import { type Instance, startInstance } from "../instance/start-instance.ts";
import { at, type Host, openHost, snapshot } from "../write-path/host.ts";

let host: Host;
let instance: Instance;

beforeAll(async () => {
  host = await openHost();
  instance = await startInstance(host.db);
});
beforeEach(async () => {
  await instance.endFaults();
  await host.clear();
  instance.restart();
});
afterAll(async () => {
  await instance[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const read = (id: string) => instance.rollcall.directory.read(id);
const disagreeing = (fields: FieldComparison[]) => fields.flatMap(({ field, agree }) => (agree ? [] : [field]));

describe("one user", () => {
  test("who was just synced is the same at Clerk, in the replica and in the application's row", async () => {
    const id = await instance.newUser();
    await instance.rollcall.syncUser(id);
    const user = await read(id);
    expect(user).toMatchObject({
      id,
      state: "live",
      atClerk: { state: "known" },
      claim: { holder: "self" },
      tombstone: null,
    });
    expect(disagreeing(user.fields)).toEqual([]);
    expect(user.fields.find(({ field }) => field === "email")).toEqual({
      field: "email",
      clerk: expect.stringContaining("@"),
      replica: user.claim?.email,
      application: user.claim?.email,
      agree: true,
    });
  });

  test("whose row was edited by hand differs in that field", async () => {
    const id = await instance.newUser();
    await instance.rollcall.syncUser(id);
    await host.sql.query(`update "User" set name = 'Typed' where id = $1`, [id]);
    const { fields } = await read(id);
    expect(disagreeing(fields)).toEqual(["name"]);
    expect(fields.find(({ field }) => field === "name")).toMatchObject({ application: "Typed" });
  });

  test("who changed at Clerk since differs there", async () => {
    const id = await instance.newUser();
    await instance.rollcall.syncUser(id);
    await fetch(`${instance.clerk.url}/__control/users/${id}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ first_name: "Renamed", last_name: null }),
    });
    const { fields } = await read(id);
    expect(disagreeing(fields)).toEqual(["name", "updatedAt"]);
    expect(fields.find(({ field }) => field === "name")).toMatchObject({ clerk: "Renamed" });
  });

  test("that Clerk does not know is absent there", async () => {
    await host.apply(snapshot("user_Local"));
    const user = await read("user_Local");
    expect(user).toMatchObject({ state: "live", atClerk: { state: "absent" } });
    expect(user.fields.every(({ clerk }) => clerk === undefined)).toBe(true);
  });

  test("is shown without Clerk's word while Clerk fails, with the reason", async () => {
    await host.apply(snapshot("user_Local"));
    await read("user_Local"); // this process knows its instance from here on
    await instance.fail({ status: 500, path: "/v1/users/user_Local" });
    expect(await read("user_Local")).toMatchObject({
      state: "live",
      atClerk: { state: "unavailable", code: "CLERK_ERROR", message: expect.any(String), hint: expect.any(String) },
      claim: { email: "local@example.com", holder: "self" },
    });
  });

  test("is not asked about with the key of another instance, which knows no one", async () => {
    await host.apply(snapshot("user_Local"));
    await host.sql.query(`insert into rollcall."ClerkInstance" (id, "adoptedAt") values ('ins_other', now())
      on conflict ((true)) do update set id = excluded.id`);
    const { secretKey, url: apiUrl } = instance.clerk;
    const stranger = createRollcall({ db: host.db, clerk: { secretKey, apiUrl } });
    expect((await stranger.directory.read("user_Local")).atClerk).toMatchObject({
      state: "unavailable",
      code: "INSTANCE_REFUSED",
    });
    await host.sql.query(`delete from rollcall."ClerkInstance"`);
  });

  test("about which nothing is stored has no state", async () => {
    expect(await read("user_Unknown")).toMatchObject({
      state: null,
      rowId: null,
      claim: null,
      events: [],
      syncedAt: null,
    });
  });

  test("who was never synced shows the application's row", async () => {
    await host.sql.query(`insert into "User" (id, email, name) values ('user_Early', 'early@example.com', 'Early')`);
    expect(await read("user_Early")).toMatchObject({ state: "not_synced", name: "Early", claim: null });
  });

  test("with a tombstone says what made it, and what removes it", async () => {
    await host.apply(snapshot("user_A"), snapshot("user_B"));
    await host.insertTombstones("user_A");
    await host.writePath.applyDeletions(["user_B"], { instanceId: "ins_test", deletedBy: "run", checkedAt: at(5) });
    expect(await read("user_A")).toMatchObject({
      state: "deleted",
      tombstone: { deletedBy: "webhook", deletedAt: expect.any(Date), checkedAt: null, removedBy: "revive" },
    });
    expect(await read("user_B")).toMatchObject({
      tombstone: { deletedBy: "run", checkedAt: at(5), removedBy: "revive_or_sign_in" },
    });
  });

  test("has their newest 50 events, latest first, and no one else's", async () => {
    await host.sql.query(
      `insert into rollcall."SyncEvent" (id, source, type, "userId", outcome, "firstSeenAt", "lastSeenAt")
       select 'msg_' || n, 'webhook', 'user.updated', case when n % 2 = 0 then 'user_A' else 'user_B' end, 'updated', seen, seen
       from generate_series(1, 120) n, lateral (select now() - n * interval '1 min' as seen) moment`,
    );
    const { events } = await read("user_A");
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, n) => `msg_${2 * n + 2}`));
  });
});

describe("a contested address", () => {
  const shared = (id: string, differences: Parameters<typeof snapshot>[1]) =>
    snapshot(id, { email: "shared@example.com", ...differences });

  test.each([
    ["verified", { emailVerifiedAt: at(1), emailSince: at(1) }, { emailVerifiedAt: null, emailSince: at(2) }],
    ["added_later", { emailSince: at(2) }, { emailSince: at(1) }],
    ["smaller_id", { emailSince: at(1) }, { emailSince: at(1) }],
  ])("is another user's, because of: %s", async (because, ofHolder, ofOther) => {
    await host.apply(shared("user_Z1", ofHolder));
    await host.apply(shared("user_Z2", ofOther));
    const other = await read("user_Z2");
    expect(other.state).toBe("conflict");
    expect(other.claim).toMatchObject({
      email: "shared@example.com",
      holder: "user",
      user: { id: "user_Z1", name: "Z1" },
      because,
    });
    expect(disagreeing(other.fields)).toEqual([]);
    expect((await read("user_Z1")).claim).toEqual({ email: "shared@example.com", holder: "self" });
  });

  test("is the application's own row's", async () => {
    await host.addOwnRow(1, "shared@example.com");
    await host.apply(shared("user_Blocked", {}));
    expect((await read("user_Blocked")).claim).toEqual({
      email: "shared@example.com",
      holder: "application",
      rowId: expect.stringMatching(/1$/),
    });
  });

  test("that was removed from the user's row by hand is held by no one, and the next sync writes it", async () => {
    const id = await instance.newUser();
    await instance.rollcall.syncUser(id);
    await host.sql.query(`update "User" set email = null where id = $1`, [id]);
    const before = await read(id);
    expect(before.claim).toMatchObject({ holder: "none" });
    expect(disagreeing(before.fields)).toEqual(["email"]);
    await instance.rollcall.syncUser(id);
    expect((await read(id)).claim).toMatchObject({ holder: "self" });
  });
});
