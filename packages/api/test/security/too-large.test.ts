import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod/v4";
import { bearer, type GuardedApp, JSON_TYPE, openGuardedApp } from "../app/guarded-app.ts";
import { testThatNothingLeaks } from "../app/nothing-leaks.ts";
import type { Answer } from "../app/record-answers.ts";
import { rowsOf } from "../app/rows.ts";
import { signDelivery } from "../app/sign-delivery.ts";

let guarded: GuardedApp;
beforeAll(async () => {
  guarded = await openGuardedApp();
});
afterAll(() => guarded[Symbol.asyncDispose]());

const nothing = { user: null, customer: null, mirror: null };

/** The rest of the body is never read, so the connection must not be reused: the next request would wait for that rest. */
function expectRefused({ status, headers }: Answer): void {
  expect({ status, connection: headers.get("connection") }).toEqual({ status: 413, connection: "close" });
}

describe("a request to tRPC that is too large", () => {
  const LIMIT = 1024 * 1024; // bytes

  test.each(["GET", "POST"])("a batch of 20 calls is answered, a batch of 21 is refused: %s", async (method) => {
    const session = await guarded.signIn();
    const batch = (calls: number) => {
      const name = method === "GET" ? "sync.status" : "sync.syncMe";
      const path = `/api/trpc/${Array(calls).fill(name).join(",")}?batch=1`;
      return guarded.app.fetch(path, {
        method,
        headers: { ...bearer(session), ...JSON_TYPE },
        ...(method === "POST" && { body: "{}" }),
      });
    };
    const refused = await batch(21);
    expect(refused.status).toBe(400);
    expect(refused.body).not.toContain('"result"');
    expect(await rowsOf(guarded.sql, session.id)).toEqual(nothing);
    const answered = await batch(20);
    expect(answered.status).toBe(200);
    expect(z.array(z.object({ result: z.unknown() })).parse(JSON.parse(answered.body))).toHaveLength(20);
  });

  test("is refused by its content-length before its first byte arrives", async () => {
    const headers = { ...JSON_TYPE, "content-length": String(LIMIT + 1) };
    expectRefused(await guarded.app.postUnfinished("/api/trpc/sync.syncMe", headers, 0));
  });

  test("is refused while its chunks arrive, as soon as they exceed the limit", async () => {
    expectRefused(await guarded.app.postUnfinished("/api/trpc/sync.syncMe", JSON_TYPE, LIMIT + 1));
  });
});

test("a delivery of more than 256 KiB is refused before the rest of it arrives, and leaves no row", async () => {
  const LIMIT = 256 * 1024; // bytes
  const { headers } = signDelivery(" ".repeat(LIMIT + 1), guarded.clerk.webhookSigningSecret);
  const announced = await guarded.app.postUnfinished(
    "/api/webhooks/clerk",
    { ...headers, "content-length": String(LIMIT + 1) },
    0,
  );
  const chunked = await guarded.app.postUnfinished("/api/webhooks/clerk", headers, LIMIT + 1);
  expectRefused(announced);
  expectRefused(chunked);
  const { rows } = await guarded.sql.query(`select from rollcall."SyncEvent" where id = $1`, [headers["svix-id"]]);
  expect(rows).toEqual([]);
});

testThatNothingLeaks(() => guarded);
