import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod/v4";
import { bearer, CRON_SECRET, cookies, type GuardedApp, openGuardedApp } from "../app/guarded-app.ts";
import { testThatNothingLeaks } from "../app/nothing-leaks.ts";
import { procedures } from "../app/procedures.ts";
import { expectJson } from "../app/record-answers.ts";

// The router is only inspected here, never called.
vi.stubEnv("POSTGRES_URL", "postgresql://127.0.0.1:1/none");
vi.stubEnv("CLERK_SECRET_KEY", "sk_test_none");
vi.stubEnv("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", "pk_test_none");
const { appRouter } = await import("../../src/index.ts");
const mounted = z.record(z.string(), z.unknown()).parse(appRouter._def.procedures);

/** What each route of the app answers a stranger. A route that is missing here fails the tests. */
const toStrangers: Record<string, { path: string; methods: string[]; status: number }> = {
  "cron/sync": { path: "/api/cron/sync", methods: ["GET"], status: 401 },
  health: { path: "/api/health", methods: ["GET"], status: 200 },
  metrics: { path: "/api/metrics", methods: ["GET"], status: 401 },
  "sync-current-user": { path: "/api/sync-current-user", methods: ["GET", "POST"], status: 401 },
  "trpc/[trpc]": { path: "/api/trpc/sync.status", methods: ["GET"], status: 401 },
  "webhooks/clerk": { path: "/api/webhooks/clerk", methods: ["POST"], status: 400 },
};
const routesFolder = fileURLToPath(new URL("../../../../apps/nextjs/src/app/api", import.meta.url));

let guarded: GuardedApp;
beforeAll(async () => {
  guarded = await openGuardedApp();
});
afterAll(() => guarded[Symbol.asyncDispose]());

describe("a caller", () => {
  test("the table names every procedure, and no removed one", () => {
    expect(Object.keys(procedures).sort()).toEqual(Object.keys(mounted).sort());
  });

  test.each(Object.keys(procedures))("%s: a signed-out caller gets a JSON error", async (name) => {
    const answer = await guarded.call(name);
    expect(answer.status).toBe(401);
    expect(answer.body).toContain("UNAUTHENTICATED");
    expectJson(answer);
  });

  test.each(Object.keys(procedures))("%s: a member may call what is for everyone", async (name) => {
    const answer = await guarded.call(name, bearer(await guarded.signIn()));
    expect(answer.status).toBe(procedures[name]?.callers === "signed in" ? 200 : 403);
    expectJson(answer);
  });

  test.each(Object.keys(procedures))("%s: an admin may call it", async (name) => {
    const answer = await guarded.call(name, bearer(await guarded.signIn({ metadata: { role: "admin" } })));
    expect(answer.status).toBe(procedures[name]?.status);
  });

  test("the numbers of the whole directory are for admins, even in what everyone may call", async () => {
    const schema = z.object({ result: z.object({ data: z.object({ json: z.object({ directory: z.unknown() }) }) }) });
    const directory = async (claims: Record<string, unknown>) => {
      const { body } = await guarded.call("sync.status", bearer(await guarded.signIn(claims)));
      return schema.parse(JSON.parse(body)).result.data.json.directory;
    };
    expect(await directory({})).toBeNull();
    expect(await directory({ metadata: { role: "admin" } })).toMatchObject({ live: expect.any(Number) });
  });

  test("the table names every route, and no removed one", () => {
    const files = readdirSync(routesFolder, { recursive: true, encoding: "utf8" });
    const routes = files.flatMap((file) => (/(^|\/)route\.tsx?$/.test(file) ? file.replace(/\/route\.tsx?$/, "") : []));
    expect(Object.keys(toStrangers).sort()).toEqual(routes.sort());
  });

  test.each(Object.values(toStrangers))(
    "$path answers a stranger with $status and JSON",
    async ({ path, methods, status }) => {
      for (const method of methods) {
        const answer = await guarded.app.fetch(path, { method });
        expect(answer.status).toBe(status);
        expectJson(answer);
      }
    },
  );

  test.each(["member", "admin"])(
    "a session does not replace the scheduler's secret: a %s is refused by the cron route",
    async (who) => {
      const session = await guarded.signIn(
        {},
        who === "admin" ? guarded.clerk.adminUserId : guarded.clerk.memberUserId,
      );
      for (const headers of [bearer(session), cookies(session), { ...cookies(session), authorization: "Bearer x" }]) {
        expect((await guarded.app.fetch("/api/cron/sync", { headers })).status).toBe(401);
      }
      const headers = { authorization: `Bearer ${CRON_SECRET}` };
      expect((await guarded.app.fetch("/api/cron/sync", { headers })).status).toBe(200);
    },
  );

  test("health tells a stranger only what a monitor needs", async () => {
    const { body } = await guarded.app.fetch("/api/health");
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(JSON.parse(body))).sort()).toEqual([
      "clerk",
      "database",
      "runs",
      "status",
      "webhook",
    ]);
  });

  const now = () => Math.floor(Date.now() / 1_000);
  test.each<[string, () => Record<string, unknown>, number]>([
    ["this app's token", () => ({}), 200],
    ["an expired token", () => ({ iat: now() - 120, nbf: now() - 120, exp: now() - 60 }), 401],
    ["a token that is not valid yet", () => ({ iat: now() + 60, nbf: now() + 60, exp: now() + 120 }), 401],
    ["a token that was made for another origin", () => ({ azp: "https://evil.example" }), 401],
    ["a session that is pending", () => ({ sts: "pending" }), 401],
  ])("%s, as Bearer and as cookies", async (_, claims, status) => {
    for (const headers of [bearer, cookies]) {
      for (const name of ["sync.status", "sync.syncMe"]) {
        expect((await guarded.call(name, headers(await guarded.signIn(claims())))).status).toBe(status);
      }
      expect((await guarded.syncCurrentUser(headers(await guarded.signIn(claims())))).status).toBe(status);
    }
  });

  test("a token with another user written into it is refused", async () => {
    const [head, payload = "", signature] = (await guarded.signIn()).token.split(".");
    const claims = z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: guarded.clerk.adminUserId })).toString("base64url");
    const answer = await guarded.call("sync.status", { authorization: `Bearer ${head}.${forged}.${signature}` });
    expect(answer.status).toBe(401);
  });
});

testThatNothingLeaks(() => guarded);
