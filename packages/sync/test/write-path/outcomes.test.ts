import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { at, type Host, INSTANCE, openHost, snapshot } from "./host.ts";

let host: Host;
beforeAll(async () => {
  host = await openHost();
});
beforeEach(() => host.clear());
afterAll(() => host[Symbol.asyncDispose]());

const checkedAt = async () => (await host.clerkUsers()).map((row) => row.checkedAt);

describe("the outcome", () => {
  test("of a new user: created, and both rows are as Clerk says", async () => {
    expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "created", conflict: false }]);
    expect(await host.users()).toEqual([
      {
        id: "user_Ann",
        email: "ann@example.com",
        emailVerified: at(0).getTime(),
        name: "Ann",
        image: "https://img.example.com/user_Ann",
      },
    ]);
    expect(await host.customers()).toEqual([{ authUserId: "user_Ann", name: "Ann", plan: "FREE" }]);
    expect(await host.clerkUsers()).toEqual([
      {
        id: "user_Ann",
        instanceId: INSTANCE,
        email: "ann@example.com",
        emailVerifiedAt: at(0).getTime(),
        emailSince: at(0).getTime(),
        name: "Ann",
        image: "https://img.example.com/user_Ann",
        updatedAt: at(0).getTime(),
        checkedAt: at(0).getTime(),
        deletedBy: null,
      },
    ]);
  });

  test("of a user with neither name, email nor image: created, as long as Clerk has the user", async () => {
    const empty = { email: null, emailVerifiedAt: null, emailSince: null, name: null, image: null };
    expect(await host.apply(snapshot("user_Ann", empty))).toMatchObject([{ outcome: "created", conflict: false }]);
    expect(await host.customers()).toEqual([{ authUserId: "user_Ann", name: null, plan: "FREE" }]);
  });

  test.each([
    ["the name", { name: "Anna" }],
    ["the image", { image: null }],
    ["the verification", { emailVerifiedAt: null }],
    ["since when the address is the user's", { emailSince: at(1) }],
    ["the address", { email: "new@example.com" }],
    ["nothing but Clerk's time of change", {}],
  ])("of a newer snapshot in which %s changed: updated", async (_, difference) => {
    await host.apply(snapshot("user_Ann"));
    const newer = snapshot("user_Ann", { ...difference, updatedAt: at(1) });
    expect(await host.apply(newer)).toEqual([{ id: "user_Ann", outcome: "updated", conflict: false }]);
    expect(await host.users()).toMatchObject([
      {
        email: newer.email,
        name: newer.name,
        image: newer.image,
        emailVerified: newer.emailVerifiedAt?.getTime() ?? null,
      },
    ]);
  });

  test("of the same snapshot again: unchanged", async () => {
    await host.apply(snapshot("user_Ann"));
    expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "unchanged", conflict: false }]);
  });

  test("of the same state, read a moment before the stored state: unchanged, and nothing is written", async () => {
    await host.apply(snapshot("user_Ann", { checkedAt: at(0.5) }));
    const before = await host.versions();
    expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "unchanged", conflict: false }]);
    expect(await host.versions()).toEqual(before);
  });

  test("of an older snapshot: outdated, and the newer one stays", async () => {
    await host.apply(snapshot("user_Ann", { name: "Newer", updatedAt: at(1) }));
    expect(await host.apply(snapshot("user_Ann", { name: "Older" }))).toEqual([
      { id: "user_Ann", outcome: "outdated", conflict: false },
    ]);
    expect(await host.users()).toMatchObject([{ name: "Newer" }]);
  });

  test("of a snapshot of a deleted user: deleted", async () => {
    await host.insertTombstones("user_Ann");
    expect(await host.apply(snapshot("user_Ann"))).toEqual([{ id: "user_Ann", outcome: "deleted", conflict: false }]);
  });

  test("of a snapshot that PostgreSQL refuses: failed, and why", async () => {
    expect(await host.apply(snapshot("user_Ann", { image: "\u0000" }))).toEqual([
      { id: "user_Ann", outcome: "failed", code: "DATA_REJECTED", reason: "SQLSTATE 22021" },
    ]);
  });

  test("of an empty batch: nothing", async () => {
    expect(await host.apply()).toEqual([]);
    expect(await host.insertTombstones()).toEqual([]);
    expect(await host.writePath.preview([])).toEqual([]);
  });

  test("of one user several times in one batch: one result, and the newest counts wherever it is in the list", async () => {
    const results = await host.apply(
      snapshot("user_Ann", { name: "Second", updatedAt: at(1) }),
      snapshot("user_Ann", { name: "Third", updatedAt: at(1), checkedAt: at(2) }),
      snapshot("user_Ann", { name: "First", checkedAt: at(9) }),
    );
    expect(results).toEqual([{ id: "user_Ann", outcome: "created", conflict: false }]);
    expect(await host.users()).toMatchObject([{ name: "Third" }]);
  });

  test("of a batch of many: each user separately", async () => {
    await host.apply(snapshot("user_Old"), snapshot("user_Same"), snapshot("user_New", { updatedAt: at(5) }));
    await host.insertTombstones("user_Gone");
    const results = await host.apply(
      snapshot("user_Born"),
      snapshot("user_Old", { name: "Changed", updatedAt: at(1) }),
      snapshot("user_Same"),
      snapshot("user_New"),
      snapshot("user_Gone"),
      snapshot("user_Bad", { name: "\u0000" }),
    );
    expect(Object.fromEntries(results.map(({ id, outcome }) => [id, outcome]))).toEqual({
      user_Born: "created",
      user_Old: "updated",
      user_Same: "unchanged",
      user_New: "outdated",
      user_Gone: "deleted",
      user_Bad: "failed",
    });
  });
});

describe("of a user whose address is another's", () => {
  const lesser = snapshot("user_Bob", { email: "ann@example.com", emailVerifiedAt: null });
  beforeEach(() => host.apply(snapshot("user_Ann")));

  test("is a conflict when the user is created, changed, unchanged and outdated", async () => {
    expect(await host.apply(lesser)).toEqual([{ id: "user_Bob", outcome: "created", conflict: true }]);
    expect(await host.apply(lesser)).toEqual([{ id: "user_Bob", outcome: "unchanged", conflict: true }]);
    expect(await host.apply({ ...lesser, name: "Robert", updatedAt: at(1), checkedAt: at(1) })).toEqual([
      { id: "user_Bob", outcome: "updated", conflict: true },
    ]);
    expect(await host.apply(lesser)).toEqual([{ id: "user_Bob", outcome: "outdated", conflict: true }]);
    expect(await host.users()).toMatchObject([
      { id: "user_Ann", email: "ann@example.com" },
      { id: "user_Bob", email: null, emailVerified: null },
    ]);
  });

  test("a conflict concerns the stored address, not the one in an outdated snapshot", async () => {
    await host.apply(snapshot("user_Bob", { email: "bob@example.com", updatedAt: at(1) }));
    expect(await host.apply(lesser)).toEqual([{ id: "user_Bob", outcome: "outdated", conflict: false }]);
  });

  test("a preview predicts the conflict", async () => {
    expect(await host.writePath.preview([lesser])).toEqual([{ id: "user_Bob", outcome: "created", conflict: true }]);
  });
});

describe("a row that has not settled yet", () => {
  const MINUTE = 60_000;

  test("takes the later moment from an equal snapshot, and then a late tie of the same millisecond is outdated", async () => {
    await host.apply(snapshot("user_Ann"));
    expect(await host.apply(snapshot("user_Ann", { checkedAt: at(0.5) }))).toMatchObject([{ outcome: "unchanged" }]);
    expect(await checkedAt()).toEqual([at(0.5).getTime()]);
    expect(await host.apply(snapshot("user_Ann", { name: "Late tie", checkedAt: at(0.25) }))).toMatchObject([
      { outcome: "outdated" },
    ]);
    expect(await host.users()).toMatchObject([{ name: "Ann" }]);
  });

  test("takes a tie of the same millisecond that was true later", async () => {
    await host.apply(snapshot("user_Ann"));
    const tie = snapshot("user_Ann", { name: "Later tie", checkedAt: at(0.5) });
    expect(await host.apply(tie)).toMatchObject([{ outcome: "updated" }]);
    expect(await host.users()).toMatchObject([{ name: "Later tie" }]);
  });

  test("is settled by a snapshot that was true 61 s after the change, and from then on nothing is written", async () => {
    const settled = new Date(at(0).getTime() + MINUTE + 1_000);
    await host.apply(snapshot("user_Ann"));
    await host.apply(snapshot("user_Ann", { checkedAt: new Date(settled.getTime() - 1) }));
    await host.apply(snapshot("user_Ann", { checkedAt: settled }));
    expect(await checkedAt()).toEqual([settled.getTime()]);
    const before = await host.versions();
    expect(await host.apply(snapshot("user_Ann", { checkedAt: at(600) }))).toMatchObject([{ outcome: "unchanged" }]);
    expect(await host.versions()).toEqual(before);
  });

  test("writes only what it must: an equal snapshot settles one row and does not change the application's", async () => {
    await host.apply(snapshot("user_Ann"));
    const application = async () => (await host.versions()).filter(({ table }) => table !== "ClerkUser");
    const before = await application();
    await host.apply(snapshot("user_Ann", { checkedAt: at(0.5) }));
    expect(await application()).toEqual(before);
  });

  test("a settled row still takes the moment if the caller asks for it, but never an earlier one", async () => {
    await host.apply(snapshot("user_Ann", { checkedAt: at(5) }));
    const touch = (minutes: number) =>
      host.writePath.applySnapshots([snapshot("user_Ann", { checkedAt: at(minutes) })], { touch: true });
    expect(await touch(6)).toMatchObject([{ outcome: "unchanged" }]);
    expect(await checkedAt()).toEqual([at(6).getTime()]);
    expect(await touch(4)).toMatchObject([{ outcome: "unchanged" }]);
    expect(await checkedAt()).toEqual([at(6).getTime()]);
  });
});

test("a preview predicts every outcome and writes nothing", async () => {
  await host.apply(snapshot("user_Old"), snapshot("user_Same"), snapshot("user_New", { updatedAt: at(5) }));
  await host.insertTombstones("user_Gone");
  const before = await host.versions();
  const batch = [
    snapshot("user_Born"),
    snapshot("user_Old", { email: "new@example.com", updatedAt: at(1) }),
    snapshot("user_Same", { checkedAt: at(0.5) }),
    snapshot("user_New"),
    snapshot("user_Gone"),
    snapshot("own-1"),
  ];
  const byId = (results: { id: string }[]) => results.sort((a, b) => (a.id < b.id ? -1 : 1));
  const foreseen = await host.writePath.preview(batch);
  expect(await host.versions()).toEqual(before);
  expect(byId(foreseen)).toEqual(byId(await host.apply(...batch)));
});

test("Clerk's milliseconds survive the round trip through the database, in any time zone", async () => {
  const moment = Date.UTC(2026, 2, 29, 1, 30, 0, 123); // a night on which clocks jump
  const said = {
    id: "user_Ann",
    primary_email_address_id: "idn_1",
    email_addresses: [
      {
        id: "idn_1",
        email_address: "ann@example.com",
        verification: { status: "verified" },
        created_at: moment + 1,
        updated_at: moment + 2,
      },
    ],
    created_at: moment,
    updated_at: moment + 3,
  };
  const read = host.writePath.readUser(said, { instanceId: INSTANCE, at: new Date(moment + 4) });
  if (!read.success) throw read.error;
  await host.apply(read.snapshot);
  expect(await host.clerkUsers()).toMatchObject([
    { emailSince: moment + 1, emailVerifiedAt: moment + 2, updatedAt: moment + 3, checkedAt: moment + 4 },
  ]);
  expect(await host.users()).toMatchObject([{ emailVerified: moment + 2 }]);
});
