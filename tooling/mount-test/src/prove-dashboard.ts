import assert from "node:assert/strict";
import type { Clerk, Session } from "./clerk.ts";
import type { HostApp } from "./make-host.ts";

/** The dashboard that docs/dashboard.md adds, as the host's server renders it, and the calls of its browser code. */
export async function proveDashboard(
  { origin }: HostApp,
  clerk: Clerk,
  { admin, member }: { admin: string; member: string },
): Promise<void> {
  const asAdmin = visitor(origin, await clerk.signIn(admin, origin));
  const asMember = visitor(origin, await clerk.signIn(member, origin));
  const atClerk = new Intl.NumberFormat("en").format((await clerk.users()).length);

  assert.match(await asAdmin.page("/rollcall"), new RegExp(`>${atClerk} of ${atClerk} users in sync<`));
  const runs = await asAdmin.page("/rollcall/runs");
  const runId = /\/rollcall\/runs\/([0-9a-f-]{36})/.exec(runs)?.[1];
  assert.ok(runId, "the list of runs links to the full run");
  assert.match(await asAdmin.page(`/rollcall/runs/${runId}`), />Done</);
  assert.match(await asAdmin.page("/rollcall/events?source=webhook"), />user\.created</);
  assert.match(await asAdmin.page("/rollcall/users?search=member@example.com"), />member@example\.com</);
  assert.match(await asAdmin.page(`/rollcall/users/${member}`), />member@example\.com</);
  assert.match(await asAdmin.page("/rollcall/effects"), /Effects/);
  assert.match(await asAdmin.page("/rollcall/check"), /Postgres/);

  for (const path of ["/rollcall", "/rollcall/account", "/settings"]) {
    assert.match(await asMember.page(path), />member@example\.com</, `${path} shows the member's account`);
  }
  assert.equal((await asMember.get("/rollcall/users")).status, 404, "a member sees no list of users");
  assert.equal((await visitor(origin).get("/rollcall")).status, 307, "a signed-out visitor signs in first");

  assert.equal((await asAdmin.call("sync.syncAll", { kind: "incremental" })).status, 200);
  assert.equal((await asMember.call("sync.syncMe")).status, 200);
  const refused = await asMember.call("sync.syncAll", { kind: "full" });
  assert.equal(refused.status, 403, `a member starts no run: ${await refused.text()}`);
}

function visitor(origin: string, session?: Session) {
  const headers = { accept: "text/html", "content-type": "application/json", ...session };
  const get = (path: string) => fetch(origin + path, { headers, redirect: "manual" });
  return {
    get,
    async page(path: string): Promise<string> {
      const response = await get(path);
      const html = await response.text();
      assert.equal(response.status, 200, `${path} answered ${response.status}: ${html.slice(0, 2_000)}`);
      return html;
    },
    call: (procedure: string, input?: unknown) =>
      fetch(`${origin}/api/rollcall/trpc/${procedure}`, {
        method: "POST",
        headers,
        body: JSON.stringify({ json: input }),
      }),
  };
}
