import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Snapshot } from "../../src/index.ts";
import { extraOf } from "../write-path/extra-columns.ts";
import { at, type Host, openHost, snapshot } from "../write-path/host.ts";
import type { Mapping } from "../write-path/own-ids.ts";

/** PostgreSQL refuses an index entry of more than 2,704 bytes, after compression. */
const unindexable = `${randomBytes(5_000).toString("hex")}@example.com`;

describe.each<Mapping>(["default", "own ids", "extra columns"])("with %s, each delivery is logged once", (mapping) => {
  let host: Host;
  beforeAll(async () => {
    host = await openHost({ mapping });
  });
  beforeEach(async () => {
    await host.clear();
    await host.sql.query(`truncate rollcall."SyncEvent"`);
  });
  afterAll(() => host[Symbol.asyncDispose]());

  const extra = mapping === "extra columns" ? extraOf("user_Ann", at(0)) : null;
  const deliver = (user: Snapshot, id = "msg_1") =>
    host.writePath.applySnapshots([{ ...user, extra }], { delivery: { id, type: "user.updated" } });
  const log = async () =>
    (await host.sql.query(`select id, source, type, "userId", outcome, code, "timesSeen" from rollcall."SyncEvent"`))
      .rows;
  const entry = { id: "msg_1", source: "webhook", type: "user.updated", userId: "user_Ann", code: null, timesSeen: 1 };

  test("with the outcome of a user that affects no other", async () => {
    expect(await deliver(snapshot("user_Ann"))).toMatchObject([{ outcome: "created" }]);
    expect(await log()).toEqual([{ ...entry, outcome: "created" }]);
    await deliver(snapshot("user_Ann", { updatedAt: at(-1) }), "msg_2");
    expect(await log()).toContainEqual({ ...entry, id: "msg_2", outcome: "outdated" });
  });

  test("with the outcome of the slow path, if the user takes another one's address", async () => {
    await host.apply(snapshot("user_Bob", { email: "ann@example.com", emailVerifiedAt: null }));
    expect(await deliver(snapshot("user_Ann", { email: "ann@example.com" }))).toMatchObject([{ outcome: "created" }]);
    expect(await log()).toEqual([{ ...entry, outcome: "created" }]);
  });

  test("with the code, if the user's data cannot be stored", async () => {
    expect(await deliver(snapshot("user_Ann", { email: unindexable }))).toMatchObject([{ outcome: "failed" }]);
    expect(await log()).toEqual([{ ...entry, outcome: "failed", code: "DATA_REJECTED" }]);
  });

  test.runIf(mapping === "own ids")("with the code, if a row without Clerk's id has the address", async () => {
    await host.addOwnRow(1, "ann@example.com");
    await deliver(snapshot("user_Ann"));
    expect(await log()).toEqual([{ ...entry, outcome: "failed", code: "UNLINKED" }]);
  });

  test("and counted each time it is repeated", async () => {
    await deliver(snapshot("user_Ann"));
    await deliver(snapshot("user_Ann"));
    expect(await log()).toEqual([{ ...entry, outcome: "created", timesSeen: 2 }]);
  });
});
