import { newUser, session, stack } from "./stack.ts";
import { expect, openAs, test } from "./test.ts";

const adminPages = (id: string) => [
  "/dashboard/runs",
  `/dashboard/runs/${crypto.randomUUID()}`,
  "/dashboard/events",
  "/dashboard/users",
  `/dashboard/users/${id}`,
  "/dashboard/effects",
  "/dashboard/check",
];

const runId = crypto.randomUUID();
const queries = (id: string): [string, unknown?][] => [
  ["run", { runId }],
  ["runs"],
  ["runErrors", { runId }],
  ["missing", { runId }],
  ["exportMissing", { runId }],
  ["activity"],
  ["events"],
  ["users"],
  ["user", { id }],
  ["effects", { state: "dead" }],
  ["userEffects", { id }],
  ["check"],
];
const mutations = (id: string): [string, unknown][] => [
  ["syncAll", { kind: "full" }],
  ["cancelRun", { runId }],
  ["confirmDeletions", { runId }],
  ["syncUser", { id }],
  ["retryEffect", null],
];

test("a signed-out visitor of any page of the dashboard is sent to sign in, and returns there", async ({ request }) => {
  const paths = ["/dashboard", "/dashboard/account", "/user-profile", ...adminPages(stack().MEMBER_USER_ID)];
  for (const path of paths) {
    const answer = await request.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).toBe(307);
    expect(answer.headers().location, path).toContain(`/sign-in?redirect_url=${encodeURIComponent(path)}`);
  }
});

test("an admin's pages do not exist for a member", async ({ page }) => {
  const { id } = await newUser();
  await openAs(page, id);
  await expect(page.getByTestId("sync-state")).toBeVisible();
  // Their own user page, too: it shows what an admin may see of them.
  for (const path of adminPages(id)) {
    const answer = await page.request.get(path, { headers: { accept: "text/html" } });
    expect(answer.status(), path).toBe(404);
    expect(await answer.text(), path).toContain("Page not found");
  }
});

test("an admin's procedures refuse a member and a signed-out caller", async ({ request }) => {
  const { id } = await newUser();
  const { token } = await session(id);
  const callers = [
    { status: 403, headers: { authorization: `Bearer ${token}` } },
    { status: 401, headers: {} },
  ];
  for (const { status, headers } of callers) {
    for (const [name, input] of queries(id)) {
      const query = input === undefined ? "" : `?${new URLSearchParams({ input: JSON.stringify({ json: input }) })}`;
      const answer = await request.get(`/api/trpc/sync.${name}${query}`, { headers });
      expect(answer.status(), name).toBe(status);
    }
    for (const [name, input] of mutations(id)) {
      const answer = await request.post(`/api/trpc/sync.${name}`, { headers, data: { json: input } });
      expect(answer.status(), name).toBe(status);
    }
  }
});
