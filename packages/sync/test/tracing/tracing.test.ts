import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Caller, Rollcall } from "../../src/index.ts";
import { withSpan } from "../../src/tracing.ts";
import { type Mirror, openMirror } from "../runs/mirror.ts";
import { signedDelivery } from "../webhook/signed-delivery.ts";
import { at, snapshot } from "../write-path/host.ts";
import { type Recording, recordSpans } from "./record-spans.ts";

let mirror: Mirror;
let rollcall: Rollcall;
let recording: Recording;
/** Everything that was recorded in this file. */
let recorded = "";

beforeAll(async () => {
  mirror = await openMirror({ users: 16 });
  recording = recordSpans();
});
beforeEach(async () => {
  await mirror.host.clear();
  rollcall = mirror.rollcall();
  await rollcall.syncUser((await mirror.signUp(1))[0] ?? ""); // a process that has read the tables and its instance
  keep();
});
afterAll(async () => {
  await recording[Symbol.asyncDispose]();
  await mirror[Symbol.asyncDispose]();
});

/** Clears the recording, and keeps what it said for the last test. */
function keep(): void {
  const said = recording.spans().map(({ name, attributes, status, events, links }) => ({
    ...{ name, attributes, status, events, links },
  }));
  recorded += JSON.stringify(said);
  recording.clear();
}

/** A user as Clerk sends them in a delivery. */
async function user(id: string): Promise<unknown> {
  const { url, secretKey } = mirror.clerk;
  const answer = await fetch(`${url}/v1/users/${id}`, { headers: { authorization: `Bearer ${secretKey}` } });
  return answer.json();
}
const newId = async () => (await mirror.signUp(1))[0] ?? "";
const callerOf = (userId: string): Caller => ({ userId, tokenIssuedAt: new Date(), userUpdatedAt: null, role: null });
const clerkCall = "clerk GET /v1/users/{id}";
const spanOf = (name: string) => recording.spans().find((span) => span.name === name);

describe("the trace", () => {
  test("of a delivery shows the write, which logs it, with the delivery's type and outcome", async () => {
    const id = await newId();
    const data = await user(id);
    const answer = await rollcall.handleWebhook(signedDelivery(mirror.clerk, { type: "user.created", data }));

    expect(answer.status).toBe(200);
    expect(recording.trees()).toEqual([{ "rollcall.webhook": ["postgres fast"] }]);
    expect(spanOf("rollcall.webhook")?.attributes).toEqual({
      "rollcall.delivery_id": expect.stringMatching(/^msg_/),
      "rollcall.event_type": "user.created",
      "rollcall.outcome": "created",
      "rollcall.user_id": id,
      "http.response.status_code": 200,
    });
    expect(spanOf("postgres fast")?.attributes).toEqual({ "db.operation.name": "fast", "rollcall.rows": 1 });
  });

  test("of a protected call shows the reads, Clerk's call and the write; a call that needs no I/O has none", async () => {
    const caller = callerOf(await newId());
    await rollcall.ensureFresh(caller);

    expect(recording.trees()).toEqual([
      {
        "rollcall.ensure_fresh": [
          "postgres mirror",
          { "rollcall.sync_user": [clerkCall, "postgres fast"] },
          "postgres mirror",
        ],
      },
    ]);
    expect(spanOf("rollcall.ensure_fresh")?.attributes).toMatchObject({
      "rollcall.user_id": caller.userId,
      "rollcall.state": "fresh",
      "rollcall.source": "clerk",
    });
    expect(spanOf(clerkCall)?.attributes).toEqual({
      "url.template": "/v1/users/{id}",
      "rollcall.user_id": caller.userId,
      "http.response.status_code": 200,
    });
    keep();
    await rollcall.ensureFresh(caller);
    expect(recording.spans()).toEqual([]);
  });

  test("of a user who asks to be synced includes their throttle", async () => {
    await rollcall.syncMe(callerOf(await newId()));

    expect(recording.trees()).toEqual([
      {
        "rollcall.sync_me": [
          "postgres mirror",
          "postgres claimRequest",
          { "rollcall.sync_user": [clerkCall, "postgres fast"] },
          "postgres mirror",
          "postgres claimRequest",
        ],
      },
    ]);
  });

  test("of an address that changes hands shows each statement of the slow path", async () => {
    await mirror.host.writePath.applySnapshots([snapshot("user_Ann", { email: "ann@example.com" })]);
    keep();
    const taken = snapshot("user_Bob", { email: "ann@example.com", emailSince: at(9) });
    await mirror.host.writePath.applySnapshots([taken]);

    expect(recording.trees()).toEqual([
      "postgres fast",
      {
        "postgres transaction": [
          "postgres lock",
          "postgres record",
          "postgres lockOwners",
          "postgres shownBefore",
          "postgres release",
          "postgres lockOwners",
          "postgres project",
        ],
      },
    ]);
  });

  test("of a run shows each window, its pages, and what a page read and wrote", async () => {
    const { report } = await mirror.run({ workers: 1 });
    const windows = recording.trees().filter((tree) => typeof tree === "object" && "rollcall.window" in tree);
    const page = { "rollcall.page": ["clerk GET /v1/users", "postgres fast", "postgres checkpoint"] };

    expect(windows).not.toEqual([]);
    for (const window of windows) {
      expect(window).toEqual({ "rollcall.window": expect.arrayContaining(["postgres claimWindow"]) });
    }
    expect(windows).toContainEqual({ "rollcall.window": expect.arrayContaining([page]) });
    expect(spanOf("rollcall.window")?.attributes).toMatchObject({
      "rollcall.run_id": report.runId,
      "rollcall.run_kind": "full",
      "rollcall.dry_run": false,
    });
    const users = recording.spans().map(({ attributes }) => Number(attributes["rollcall.users"] ?? 0));
    expect(users.reduce((sum, count) => sum + count, 0)).toBe(report.seen);
  });

  test("of a window is its own, because it may outlive the request that started the run", async () => {
    await withSpan("rollcall.start_run", {}, () => mirror.run({ workers: 1 }));
    const windows = recording.spans().filter(({ name }) => name === "rollcall.window");

    expect(windows).not.toEqual([]);
    expect(windows.filter(({ parentSpanContext }) => parentSpanContext !== undefined)).toEqual([]);
  });

  test("of a prune shows its calls to Clerk", async () => {
    await mirror.host.sql.query(`insert into "User" (id) values ('user_Unknown')`);
    await rollcall.prune({ confirm: () => false });

    expect(recording.trees()).toEqual([{ "rollcall.prune": [clerkCall] }]);
  });
});

describe("a failure is in its span and in those above it", () => {
  test("by its code, where Clerk fails", async () => {
    await mirror.control("POST", "/faults", { status: 500, path: "/v1/users" });
    await rollcall.ensureFresh(callerOf(await newId())).finally(() => mirror.control("DELETE", "/faults"));

    for (const name of [clerkCall, "rollcall.sync_user", "rollcall.ensure_fresh"]) {
      expect(spanOf(name)).toMatchObject({ status: { code: 2 }, attributes: { "error.type": "CLERK_ERROR" } });
    }
  });

  test("by its SQLSTATE, where PostgreSQL refuses a user", async () => {
    const { sql } = mirror.host;
    await sql.query(`alter table "User" add constraint no_carl check (name <> 'Carl Confidential')`);
    const refused = snapshot("user_Carl", { name: "Carl Confidential" });
    const applied = await mirror.host.writePath
      .applySnapshots([refused])
      .finally(() => sql.query(`alter table "User" drop constraint no_carl`));

    expect(applied).toMatchObject([{ outcome: "failed" }]);
    expect(spanOf("postgres fast")).toMatchObject({ status: { code: 2 }, attributes: { "error.type": "23514" } });
    expect(JSON.stringify(recording.spans().map(({ events, status }) => ({ events, status })))).not.toMatch(/Carl/);
  });
});

test("no span contains a user's name, address or picture", async () => {
  await rollcall.adoptionReport();
  const id = await newId();
  await rollcall.handleWebhook(signedDelivery(mirror.clerk, { type: "user.updated", data: await user(id) }));
  await rollcall.handleWebhook(signedDelivery(mirror.clerk, { type: "user.deleted", data: { id } }));
  keep();
  const users = await mirror.listed();
  const names = users.flatMap(({ first_name, last_name, username }) => [first_name, last_name, username]);
  const addresses = users.flatMap(({ email_addresses }) => email_addresses.map(({ email_address }) => email_address));
  const personal = [...names, ...addresses, "Carl", "@", "%40", "https://img"].filter(
    (text) => text && text.length > 2,
  );

  expect(recorded.length).toBeGreaterThan(5_000);
  expect(addresses.length).toBeGreaterThan(10);
  expect(personal.filter((text) => text && recorded.includes(text))).toEqual([]);
});

test("without an SDK, work runs as it is", async () => {
  await recording[Symbol.asyncDispose]();
  const done = Promise.resolve("done");
  expect(
    withSpan("rollcall.webhook", {}, ({ note, fail }) => {
      note({ "rollcall.users": 1 });
      fail("UNEXPECTED");
      return done;
    }),
  ).toBe(done);
  expect(recording.spans()).toEqual([]);
});
