import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrate as applyPrismaMigrations, type Postgres, startPostgres } from "@rollcall/dev-stack";
import { createTestDatabase } from "@rollcall/dev-stack/testing";
import { errorCatalog, migrate } from "@rollcall/sync";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Clerk, startClerk } from "./app/clerk.ts";
import { postDelivery } from "./app/post-delivery.ts";
import { signDelivery } from "./app/sign-delivery.ts";
import { type App, startApp } from "./app/start-app.ts";

// A process remembers an outage for ten seconds.
const RECOVERY = { timeout: 30_000, interval: 250 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "rollcall-outage-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A session whose token says that the user has just changed, so the call syncs. */
async function signIn(clerk: Clerk, id: string, ahead: number) {
  const iat = Math.floor(Date.now() / 1_000) + ahead;
  return (await clerk.signIn(id, { iat, updated_at: iat })).token;
}
const whoami = async (app: App, token: string) => (await app.trpc(token).sync.status.query()).me;
const endpoint = async (app: App, token: string) => {
  const answer = await app.fetch("/api/sync-current-user", { headers: { authorization: `Bearer ${token}` } });
  return { status: answer.status, body: await answer.json() };
};
const health = async (app: App) => {
  const answer = await app.fetch("/api/health");
  return { status: answer.status, body: await answer.json() };
};

test("while Clerk is down, users stay signed in with the known data; the app recovers without a restart", async () => {
  await using database = await createTestDatabase();
  await using first = await startClerk({ dataDirectory: folder });
  await using app = await startApp(first, database.url);
  const [known = "", unknown = ""] = await first.newUsers(2);
  const { user: row } = await whoami(app, await signIn(first, known, 0));
  const [knownToken, unknownToken] = [await signIn(first, known, 2), await signIn(first, unknown, 2)];
  const { first_name: firstName } = await first.user(known);

  await first.stop();
  expect(await whoami(app, knownToken)).toMatchObject({ state: "stale", errorCode: "CLERK_UNREACHABLE", user: row });
  expect(await whoami(app, unknownToken)).toMatchObject({
    state: "unpersisted",
    errorCode: "CLERK_UNREACHABLE",
    user: { id: null, clerkId: unknown, email: null, name: null },
  });
  expect(await endpoint(app, knownToken)).toMatchObject({
    status: 502,
    body: { error: { code: "CLERK_UNREACHABLE" } },
  });
  expect(await health(app)).toMatchObject({ status: 200, body: { status: "degraded", clerk: "CLERK_UNREACHABLE" } });

  await expect.poll(() => app.log()).toHaveLength(3);
  for (const line of app.log()) {
    expect(line).toEqual({
      level: 40,
      time: expect.any(Number),
      event: "sync_failed",
      userId: expect.stringMatching(/^user_/),
      code: "CLERK_UNREACHABLE",
      hint: errorCatalog.CLERK_UNREACHABLE.hint,
      msg: expect.any(String),
    });
  }
  expect(app.log().map(({ userId }) => userId)).toEqual([known, unknown, known]);
  expect(app.output()).not.toContain(row.email ?? "an email");
  expect(app.output()).not.toContain(firstName ?? "a name");

  await using again = await startClerk({ dataDirectory: folder, port: Number(new URL(first.url).port) });
  const fresh = { state: "fresh", source: "clerk", user: { id: unknown, email: expect.any(String) } };
  await expect.poll(async () => whoami(app, await signIn(again, unknown, 1)), RECOVERY).toMatchObject(fresh);
});

describe("while the database is down", () => {
  let postgres: Postgres;
  let clerk: Clerk;
  let app: App;
  const PASSWORD = "correct-horse-battery";

  const start = (port: number) => startPostgres({ dataDirectory: folder, port, durable: false });
  beforeEach(async () => {
    postgres = await start(0);
    await postgres.createDatabase("app");
    await applyPrismaMigrations(postgres.url("app"));
    await migrate(postgres.url("app"));
    clerk = await startClerk();
    app = await startApp(clerk, postgres.url("app").replace("postgres@", `postgres:${PASSWORD}@`));
  });
  afterEach(async () => {
    await app[Symbol.asyncDispose]();
    await clerk[Symbol.asyncDispose]();
    await postgres.stop();
  });

  test("users stay signed in, every entry point reports it, nothing is lost, and the app recovers without a restart", async () => {
    const [known = "", unknown = "", gone = ""] = await clerk.newUsers(3);
    const { user: row } = await whoami(app, await signIn(clerk, known, 0));
    await whoami(app, await signIn(clerk, gone, 0));
    const newer = await signIn(clerk, known, 2);
    await postgres.stop();

    expect(await whoami(app, newer)).toMatchObject({
      state: "stale",
      source: "memory",
      errorCode: "DATABASE_UNREACHABLE",
      user: row,
    });
    expect(await whoami(app, await signIn(clerk, unknown, 0))).toMatchObject({
      state: "unpersisted",
      errorCode: "DATABASE_UNREACHABLE",
      user: { id: null, clerkId: unknown },
    });
    const { message, hint } = errorCatalog.DATABASE_UNREACHABLE;
    expect(await endpoint(app, newer)).toEqual({
      status: 503,
      body: { ok: false, error: { code: "DATABASE_UNREACHABLE", message, hint } },
    });
    const asAdmin = await clerk.signIn(known, { metadata: { role: "admin" } });
    expect(await app.trpc(asAdmin.token).sync.status.query()).toMatchObject({
      me: { user: { id: known } },
      directory: null,
      directoryError: { code: "DATABASE_UNREACHABLE", message, hint },
    });
    expect(await health(app)).toMatchObject({ status: 503, body: { status: "down", database: "down", clerk: "ok" } });
    const body = JSON.stringify({
      type: "user.updated",
      instance_id: clerk.instanceId,
      timestamp: Date.now(),
      data: await clerk.user(known),
    });
    expect(await postDelivery(app, signDelivery(body, clerk.webhookSigningSecret))).toMatchObject({
      status: 503,
      body: { ok: false, error: { code: "DATABASE_UNREACHABLE" } },
    });
    await clerk.webhooks({
      url: `${app.url}/api/webhooks/clerk`,
      retryDelaysMs: Array.from({ length: 20 }, () => 500),
    });
    await clerk.deleteUser(gone);

    postgres = await start(postgres.port);
    await clerk.untilDelivered();
    await expect
      .poll(() => health(app), RECOVERY)
      .toMatchObject({ status: 200, body: { status: "ok", webhook: { lastAt: expect.any(String) } } });
    expect(await endpoint(app, newer)).toMatchObject({ status: 200, body: { ok: true, user: { id: known } } });
    await expect
      .poll(async () => whoami(app, await signIn(clerk, unknown, 1)), RECOVERY)
      .toMatchObject({ state: "fresh", user: { id: unknown, email: expect.any(String) } });

    expect(app.output()).not.toContain(PASSWORD);
    expect(app.output()).not.toContain("postgresql://");
    expect(app.log().map(({ code }) => code)).toContain("DATABASE_UNREACHABLE");
  });
});
