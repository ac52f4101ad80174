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
  const atClerk = (await clerk.users()).length;

  // Of these two the server sends the data, and the browser draws it.
  const overview = await asAdmin.sees(
    "/rollcall",
    ">Sync all users<",
    `\\"atClerk\\":${atClerk},\\"live\\":${atClerk},`,
  );
  // The colors are built with light-dark(), which has none without a scheme.
  const styles = [...overview.matchAll(/rel="stylesheet" href="([^"]+)"/g)].map(([, href = ""]) => asAdmin.text(href));
  const css = (await Promise.all(styles)).join("");
  assert.match(css, /--success:/);
  assert.match(css, /:root\{[^}]*color-scheme:\s*light/);
  const runs = await asAdmin.sees("/rollcall/runs", ">Sync all users<", '\\"state\\":\\"done\\"');
  const runId = /\\"runId\\":\\"([0-9a-f-]{36})/.exec(runs)?.[1];
  assert.ok(runId, "the page of runs has the full run");
  await asAdmin.sees(`/rollcall/runs/${runId}`, ">Done<");
  await asAdmin.sees("/rollcall/events?source=webhook", ">user.created<");
  await asAdmin.sees("/rollcall/users?search=member@example.com", ">member@example.com<");
  await asAdmin.sees(`/rollcall/users/${member}`, ">member@example.com<");
  await asAdmin.sees("/rollcall/effects", ">Your application handles no effects<");
  await asAdmin.sees("/rollcall/check", ">The database answers, and accepts writes<");
  for (const path of ["/rollcall", "/rollcall/account", "/settings"]) await asMember.sees(path, ">member@example.com<");
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
    text: async (path: string): Promise<string> => (await get(path)).text(),
    /** A page that holds these parts. @returns its HTML */
    async sees(path: string, ...parts: string[]): Promise<string> {
      const response = await get(path);
      const html = await response.text();
      const missing = parts.filter((part) => !html.includes(part));
      if (response.status === 200 && missing.length === 0) return html;
      const text = html
        .replace(/<script.*?<\/script>/gs, "")
        .replace(/<[^>]*>/g, " ")
        .replace(/\s+/g, " ");
      throw new Error(`${path} answered ${response.status}, without ${missing.join(" and ")}: ${text.slice(0, 4_000)}`);
    },
    call: (procedure: string, input?: unknown) =>
      fetch(`${origin}/api/rollcall/trpc/${procedure}`, {
        method: "POST",
        headers,
        body: JSON.stringify({ json: input }),
      }),
  };
}
