import { createClient, type PrismaClient } from "@rollcall/db/client";
import { hasPgBouncer, type PgBouncer, startPgBouncer } from "@rollcall/dev-stack/testing/pgbouncer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Caller, createRollcall, type Rollcall } from "../../src/index.ts";
import { openQueue } from "../../src/runs/queue.ts";
import { expectCarriedOver } from "../runs/carried-over.ts";
import { type Mirror, openMirror } from "../runs/mirror.ts";
import { signedDelivery } from "../webhook/signed-delivery.ts";

let mirror: Mirror;
let pooler: PgBouncer;
let db: PrismaClient;
let rollcall: Rollcall;
beforeAll(async () => {
  if (!hasPgBouncer) return;
  mirror = await openMirror({ users: 700 });
  pooler = await startPgBouncer(mirror.host.url);
  db = createClient(pooler.url);
  const { secretKey, url: apiUrl, webhookSigningSecret } = mirror.clerk;
  rollcall = createRollcall({
    db,
    connectionString: pooler.url,
    clerk: { secretKey, apiUrl, webhookSigningSecret },
  });
});
afterAll(async () => {
  if (!hasPgBouncer) return;
  await db.$disconnect();
  await pooler[Symbol.asyncDispose]();
  await mirror[Symbol.asyncDispose]();
});

async function caller(at: number): Promise<Caller> {
  const userId = (await mirror.listed())[at]?.id ?? "";
  return { userId, tokenIssuedAt: new Date(), userUpdatedAt: null, role: null };
}

test.skipIf(!hasPgBouncer).each<[string, () => Promise<unknown>, Record<string, unknown>]>([
  ["a caller", async () => rollcall.ensureFresh(await caller(0)), { state: "fresh", source: "clerk" }],
  ["a sync that a user requested", async () => rollcall.syncMe(await caller(1)), { outcome: "created" }],
  ["a sync at the terminal", async () => rollcall.syncUser((await caller(2)).userId), { outcome: "created" }],
  [
    "a webhook",
    async () => {
      const { userId } = await caller(3);
      const data = { id: userId, object: "user", deleted: true };
      return (await rollcall.handleWebhook(signedDelivery(mirror.clerk, { type: "user.deleted", data }))).json();
    },
    { ok: true, outcome: "deleted" },
  ],
  ["the status", () => rollcall.status(), { live: 3, deleted: 1 }],
  ["an adoption", () => rollcall.adoptInstance(), { released: 0 }],
])("through a transaction pooler that refuses options: %s", async (_, call, expected) => {
  expect(await call()).toMatchObject(expected);
});

test.skipIf(!hasPgBouncer)("through a transaction pooler that refuses options: a run over all users", async () => {
  await mirror.host.clear();
  await rollcall.runs.start({ startedBy: "test" });
  await rollcall.runs.work();
  expect((await rollcall.runs.last())?.report).toMatchObject({ state: "done", seen: 700, failed: 0 });
  await expectCarriedOver(mirror);
});

test.skipIf(!hasPgBouncer)(
  "times are the database's, in whatever time zone the pooled sessions were before",
  async () => {
    const written = new Date("2026-02-28T23:30:15.123Z");
    await db.user.create({ data: { id: "own", emailVerified: written } });
    const { rows } = await mirror.host.sql.query(`select "emailVerified" from "User" where id = 'own'`);
    expect(rows).toEqual([{ emailVerified: written }]);
    expect(await db.user.findUniqueOrThrow({ where: { id: "own" } })).toMatchObject({ emailVerified: written });
  },
);

test.skipIf(!hasPgBouncer)("a pooler's refusal is reported in its own words, without the password", async () => {
  const url = new URL(pooler.url);
  url.password = "hush";
  url.searchParams.set("options", "-c geqo=off");
  const refused = createClient(url.href);
  const clerk = { secretKey: mirror.clerk.secretKey, apiUrl: mirror.clerk.url };
  const error = await createRollcall({ db: refused, clerk })
    .applySnapshots([])
    .catch((thrown: unknown) => thrown);
  await refused.$disconnect();
  const words = {
    code: "DATABASE_UNREACHABLE",
    message: expect.stringContaining("unsupported startup parameter: options"),
  };
  expect(error).toMatchObject(words);
  expect(String(error)).not.toContain("hush");
  await expect(openQueue(url.href)).rejects.toMatchObject(words);
});
