import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import type { Clerk, Session } from "./clerk.ts";
import type { HostRecipe } from "./hosts.ts";
import type { HostApp } from "./make-host.ts";
import { ALL_ROWS, query, ROWS } from "./rows.ts";

interface UserRow {
  id: string;
  clerkId: string | null;
  email: string | null;
  name: string | null;
}

/** What the host's database says. */
export function hostDatabase({ tables, hasCustomers, reference }: HostRecipe, { databaseUrl }: HostApp) {
  const { user, id, clerkId, email, name } = tables;
  const count = async (sql: string): Promise<number> =>
    (await query<{ count: number }>(databaseUrl, sql))[0]?.count ?? 0;
  return {
    async row(clerkUser: string): Promise<UserRow | undefined> {
      const select = `select ${id}::text as id, ${clerkId} as "clerkId", ${email} as email, ${name} as name from ${user}`;
      return (await query<UserRow>(databaseUrl, `${select} where ${clerkId} = $1`, [clerkUser]))[0];
    },
    linked: () => count(`select count(*)::int as count from ${user} where ${clerkId} is not null`),
    untouched: () =>
      count(`select count(*)::int as count from ${user} where ${clerkId} is null and ${name} = 'as it was'`),
    references: () => count(reference.count),
    customers: async (userId: string) =>
      hasCustomers ? count(`select count(*)::int as count from "Customer" where "userId" = '${userId}'`) : 1,
    followed: () => count(`select count(*)::int as count from rollcall."ClerkUser"`),
  };
}

/** A signed-in user's calls: over tRPC if the host has it, else a page that shows the user. */
export function signedIn({ hasTRPC }: HostRecipe, { origin }: HostApp, { cookie }: Session) {
  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { cookie, "content-type": "application/json" };
    return fetch(origin + path, { ...init, headers: { ...headers, ...init.headers }, redirect: "manual" });
  }
  return {
    /** @returns the caller's id and name, as the host's own code sees them */
    async me(): Promise<{ id: string; name: string | null }> {
      const response = await call(hasTRPC ? "/api/trpc/post.mine" : "/api/me");
      const text = await response.text();
      assert.equal(response.status, 200, `the protected call answered ${response.status}: ${text}`);
      const answer = hasTRPC
        ? z.object({ result: z.object({ data: z.object({ json: z.unknown() }) }) }).parse(JSON.parse(text)).result.data
            .json
        : JSON.parse(text);
      return z.object({ id: z.string(), name: z.string().nullable() }).parse(answer);
    },
    /** A write that refers to the caller's row. */
    async write(): Promise<void> {
      const response = await (hasTRPC
        ? call("/api/trpc/post.create", { method: "POST", body: JSON.stringify({ json: { name: "first" } }) })
        : call("/api/me", { method: "POST" }));
      assert.equal(response.status, 200, `the write answered ${response.status}: ${await response.text()}`);
    },
  };
}

/** What a signed-out caller gets. */
export async function signedOut({ hasTRPC }: HostRecipe, { origin }: HostApp): Promise<void> {
  const response = await fetch(origin + (hasTRPC ? "/api/trpc/post.mine" : "/api/me"));
  assert.equal(response.status, 401);
}

export async function proveMounted(recipe: HostRecipe, app: HostApp, clerk: Clerk, memberId: string): Promise<void> {
  const database = hostDatabase(recipe, app);

  await signedOut(recipe, app);
  const before = await database.row(memberId);
  const me = await signedIn(recipe, app, await clerk.signIn(memberId, app.origin)).me();
  const member = await database.row(memberId);
  assert.deepEqual(
    { id: me.id, name: me.name, email: member?.email, name2: member?.name },
    { id: before?.id, name: "Morgan Member", email: "member@example.com", name2: "Morgan Member" },
    "the member's row is the one that was there, with what Clerk says",
  );
  assert.equal(await database.customers(me.id), 1, "the member has a customer");

  const newcomer = await clerk.signUp(); // no webhook yet
  const session = signedIn(recipe, app, await clerk.signIn(newcomer, app.origin));
  await session.write();
  const row = await database.row(newcomer);
  assert.ok(row && row.id !== newcomer, "a new user has a row, with an id of the host's kind");
  assert.equal((await session.me()).id, row.id);
  assert.equal(await database.customers(row.id), 1, "the new user has a customer");
}

export async function proveWebhook(recipe: HostRecipe, app: HostApp, clerk: Clerk, memberId: string): Promise<void> {
  const database = hostDatabase(recipe, app);
  await clerk.deliverTo(`${app.origin}/api/rollcall/webhook`);
  const newcomer = await clerk.signUp();
  await clerk.rename(memberId, "Delivered");
  const arrived = async () =>
    (await database.row(newcomer)) !== undefined && (await database.row(memberId))?.name === "Delivered";
  for (const deadline = Date.now() + 30_000; !(await arrived()); await pause(200)) {
    if (Date.now() > deadline) throw new Error(`The webhook brought nothing: ${await clerk.deliveries()}`);
  }
  const forged = await fetch(`${app.origin}/api/rollcall/webhook`, { method: "POST", body: "{}" });
  assert.equal(forged.status, 400, "an unsigned delivery is refused");
}

export async function proveEndpoints({ origin }: HostApp, cronSecret: string): Promise<void> {
  const health = await fetch(`${origin}/api/rollcall/health`);
  assert.equal(health.status, 200, `health: ${await health.text()}`);
  assert.equal((await fetch(`${origin}/api/rollcall/cron`)).status, 401, "cron wants its secret");
  const cron = await fetch(`${origin}/api/rollcall/cron`, { headers: { authorization: `Bearer ${cronSecret}` } });
  assert.equal(cron.status, 200, `cron: ${await cron.text()}`);
}

export async function proveFullRun(recipe: HostRecipe, app: HostApp, clerk: Clerk): Promise<void> {
  const database = hostDatabase(recipe, app);
  const atClerk = (await clerk.users()).length;
  assert.equal(await database.followed(), atClerk, "Rollcall follows every Clerk user");
  assert.equal(await database.linked(), atClerk, "every Clerk user has exactly one row");
  assert.equal(await database.untouched(), ROWS.own, "rows that are not Clerk's are as they were");
  assert.equal(await database.references(), ALL_ROWS, "what refers to a user still does");
}
