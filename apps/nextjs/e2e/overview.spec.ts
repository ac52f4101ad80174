import {
  deliverWebhooks,
  disturbClerk,
  dropWebhooks,
  mendClerk,
  mirrored,
  newUser,
  newUsers,
  session,
  stack,
} from "./stack.ts";
import { expect, openAsAdmin, startRun, test } from "./test.ts";

const number = (text: string | null): number => Number((text ?? "").replaceAll(",", ""));

test.afterEach(() => mendClerk());

test("users that no webhook reported are missing in the headline, until a run brings them", async ({ page }) => {
  await dropWebhooks();
  await newUsers(50);
  await deliverWebhooks();
  await openAsAdmin(page);
  await expect(page.getByTestId("headline")).toContainText(/\d+ users are missing here/);
  const before = number(await page.getByTestId("live").textContent());
  expect(before).toBeLessThan(number(await page.getByTestId("atClerk").textContent()));

  await startRun(page);
  await expect(page.getByTestId("run-state")).toHaveText("Done");
  expect(number(await page.getByTestId("run-created").textContent())).toBeGreaterThanOrEqual(50);
  await page.getByRole("link", { name: "Overview" }).click();
  await expect(page.getByTestId("headline")).toHaveText(/^([\d,]+) of \1 users in sync$/);
  await expect(page.getByTestId("netDifference")).toHaveText("0");
  await expect(page.getByTestId("live")).toHaveText((await page.getByTestId("atClerk").textContent()) ?? "");
});

test("while Clerk does not answer, what it has is unknown", async ({ page, request }) => {
  const { token } = await session(stack().ADMIN_USER_ID);
  const headers = { authorization: `Bearer ${token}` };
  const status = async () => (await request.get("/api/trpc/sync.status", { headers })).text();
  await disturbClerk({ path: "/v1/users/count", status: 500 });
  await expect.poll(status).toContain('"atClerk":null'); // the server caches its count for five seconds
  await openAsAdmin(page);
  await expect(page.getByTestId("atClerk")).toHaveText("Unknown");
  await expect(page.getByTestId("netDifference")).toHaveText("Unknown");
  await expect(page.getByTestId("headline")).toContainText("Clerk does not answer");
});

test("the last webhook, the events of the day and the last runs are shown", async ({ page }) => {
  const { id } = await newUser();
  await expect.poll(() => mirrored([id])).toBe(1);
  await openAsAdmin(page, "/dashboard/runs");
  await startRun(page);
  await expect(page.getByTestId("run-state")).toHaveText("Done");
  await expect(async () => {
    await page.goto("/dashboard"); // the server caches its counts for five seconds
    await expect(page.getByRole("img", { name: /^[\d,]+ events? in the last 24 hours$/ })).toBeVisible({
      timeout: 1_000,
    });
    await expect(page.getByRole("img", { name: /^The last (run|\d+ runs)$/ })).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await page.getByRole("link", { name: "Last webhook" }).click();
  await expect(page).toHaveURL("/dashboard/events?source=webhook");
});

test("an admin's pages arrive with their data, before any script has run", async ({ request }) => {
  const { ADMIN_USER_ID, CRON_SECRET } = stack();
  const { id } = await newUser();
  await expect.poll(() => mirrored([id])).toBe(1);
  await request.get("/api/cron/sync", { headers: { authorization: `Bearer ${CRON_SECRET}` } });
  const { cookies } = await session(ADMIN_USER_ID);
  const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  const shown = {
    "/dashboard": 'data-testid="headline"',
    "/dashboard/runs": "data-run-id=",
    "/dashboard/events": 'data-testid="row"',
    "/dashboard/users": 'data-testid="row"',
    [`/dashboard/users/${ADMIN_USER_ID}`]: 'data-testid="user-state"',
  };
  for (const [path, part] of Object.entries(shown)) {
    const answer = await request.get(path, { headers: { cookie: cookie.join("; ") } });
    expect(await answer.text(), path).toContain(part);
  }
});
