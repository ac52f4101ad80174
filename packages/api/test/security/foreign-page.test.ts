import { errorCatalog } from "@rollcall/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bearer, cookies, type GuardedApp, openGuardedApp } from "../app/guarded-app.ts";
import { testThatNothingLeaks } from "../app/nothing-leaks.ts";
import { expectJson } from "../app/record-answers.ts";
import { rowsOf } from "../app/rows.ts";
import { ORIGIN } from "../app/start-app.ts";

let guarded: GuardedApp;
beforeAll(async () => {
  guarded = await openGuardedApp();
});
afterAll(() => guarded[Symbol.asyncDispose]());

const nothing = { user: null, customer: null, mirror: null };

describe("a page of another site", () => {
  test.each([
    [
      "multipart/form-data",
      "multipart/form-data; boundary=x",
      '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
    ],
    [
      "multipart/form-data that names JSON",
      "multipart/form-data; boundary=application/json",
      '--application/json\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--application/json--\r\n',
    ],
    ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "json=null"],
    ["text/plain", "text/plain", '{"json":null}'],
    ["no type", undefined, '{"json":null}'],
  ])("cannot call a mutation by a form with the visitor's cookies: %s", async (_, type, body) => {
    const session = await guarded.signIn();
    const answer = await guarded.app.fetch("/api/trpc/sync.syncMe", {
      method: "POST",
      headers: { ...cookies(session), ...(type && { "content-type": type }) },
      body: Buffer.from(body),
    });
    expect(answer.status).toBe(415);
    expect(await rowsOf(guarded.sql, session.id)).toEqual(nothing);
  });

  test("cannot call a mutation by a link or an image", async () => {
    const session = await guarded.signIn();
    expect((await guarded.app.fetch("/api/trpc/sync.syncMe", { headers: cookies(session) })).status).toBe(405);
    expect(await rowsOf(guarded.sql, session.id)).toMatchObject({ mirror: null });
  });

  test.each(["https://evil.example", "null", `${ORIGIN}0`, `${ORIGIN}.evil.example`, "https://localhost:3000"])(
    "is refused by its origin: %s",
    async (origin) => {
      const session = await guarded.signIn();
      const headers = { ...cookies(session), origin };
      const refusals = [
        await guarded.call("sync.status", headers),
        await guarded.call("sync.syncMe", headers),
        await guarded.syncCurrentUser(headers, "GET"),
        await guarded.syncCurrentUser(headers, "POST"),
      ];
      expect(refusals.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
      for (const refusal of refusals) {
        expectJson(refusal);
        const { message, hint } = errorCatalog.FORBIDDEN;
        expect(JSON.parse(refusal.body)).toEqual({ ok: false, error: { code: "FORBIDDEN", message, hint } });
      }
      expect(await rowsOf(guarded.sql, session.id)).toEqual(nothing);
    },
  );

  test("is accepted if APP_ORIGIN names it", async () => {
    const headers = { ...cookies(await guarded.signIn()), origin: ORIGIN };
    expect((await guarded.call("sync.status", headers)).status).toBe(200);
    expect((await guarded.syncCurrentUser(headers)).status).toBe(200);
  });

  test("is this app's own if it is called at that address and APP_ORIGIN is not set", async () => {
    const cutOff = await guarded.startCutOff();
    const { url } = cutOff.process;
    const headers = bearer(await guarded.signIn({ azp: url }));
    expect((await guarded.call("sync.status", { ...headers, origin: url }, cutOff)).status).toBe(200);
    expect((await guarded.call("sync.status", { ...headers, origin: ORIGIN }, cutOff)).status).toBe(403);
    expect((await guarded.syncCurrentUser({ ...headers, origin: ORIGIN }, "POST", cutOff)).status).toBe(403);
  });
});

testThatNothingLeaks(() => guarded);
