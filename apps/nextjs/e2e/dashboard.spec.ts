import { changeUser, deliverWebhooks, disturbClerk, dropWebhooks, mendClerk, newUser, stack } from "./stack.ts";
import { expect, openDashboardAs, startRun, test } from "./test.ts";

const number = (text: string | null): number => Number((text ?? "").replaceAll(",", ""));

test("an admin syncs all users, and the numbers move", async ({ page }) => {
  await openDashboardAs(page, stack().ADMIN_EMAIL);
  const live = page.getByTestId("In your database");
  const atClerk = page.getByTestId("At Clerk");
  const before = number(await live.textContent());
  expect(before).toBeLessThan(number(await atClerk.textContent()));

  await startRun(page);
  await expect(page.getByRole("progressbar", { name: "Users synced" })).toBeVisible();
  await expect(page.getByTestId("run-state")).toHaveText("Done");
  expect(number(await page.getByTestId("run-created").textContent())).toBeGreaterThan(1_000);
  await expect(page.getByTestId("Difference")).toHaveText("0");
  await expect(live).toHaveText((await atClerk.textContent()) ?? "");
});

test("nothing is asked for any more once a run is over", async ({ page }) => {
  await openDashboardAs(page, stack().ADMIN_EMAIL);
  await startRun(page);
  await expect(page.getByTestId("run-state")).toHaveText("Done");
  await page.clock.install();
  await page.reload();
  await expect(page.getByTestId("run-state")).toHaveText("Done");
  const asked: string[] = [];
  page.on("request", (request) => request.url().includes("/api/trpc/") && asked.push(request.url()));
  await page.clock.runFor(10_000); // ten polls, had there been any
  expect(asked).toEqual([]);
});

test("a member sees his profile and nothing of an admin's", async ({ page }) => {
  await openDashboardAs(page, stack().MEMBER_EMAIL);
  await expect(page.getByRole("button", { name: "Sync me" })).toBeVisible();
  await expect(page.getByText("At Clerk")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Sync all users" })).toHaveCount(0);
});

test("Sync me says what it found, and how long to wait for the next one", async ({ page }) => {
  const { email } = await newUser();
  await openDashboardAs(page, email);
  const result = page.getByTestId("sync-me-result");
  await page.getByRole("button", { name: "Sync me" }).click();
  await expect(result).toContainText("Synced");
  await expect(page.getByText("Clerk, just now")).toBeVisible();
  await page.getByRole("button", { name: "Sync me" }).click();
  await expect(result).toContainText(/You can sync again in \d+ s/);
  await expect(result).toContainText("You can sync again now");
});

test("Sync me says what is wrong at Clerk, and what to do", async ({ page }) => {
  const { id, email } = await newUser();
  await openDashboardAs(page, email);
  await disturbClerk({ path: `/v1/users/${id}`, status: 500 });
  try {
    await page.getByRole("button", { name: "Sync me" }).click();
    await expect(page.getByTestId("sync-me-result")).toContainText("Clerk answered with an error.");
    await expect(page.getByTestId("sync-me-result")).toContainText("status.clerk.com");
  } finally {
    await mendClerk();
  }
});

test("while Clerk fails, the old row is shown with the reason; then the new one", async ({ page }) => {
  const { id, email } = await newUser();
  await openDashboardAs(page, email);
  await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible(); // Clerk's script is there
  await dropWebhooks();
  try {
    // A token tells its time in whole seconds: what is known of the same second counts as known of the token's.
    const knownAt = Date.parse((await page.locator("main time").first().getAttribute("datetime")) ?? "");
    await expect.poll(() => Date.now() - knownAt).toBeGreaterThan(2_000);
    await changeUser(id, { first_name: "Renamed" });
    await disturbClerk({ path: `/v1/users/${id}`, status: 500 });
    await page.evaluate("window.Clerk.session.getToken({ skipCache: true })"); // the next one would come in a minute
    await page.reload();
    await expect(page.getByTestId("sync-state")).toHaveText("Out of date");
    await expect(page.getByRole("heading", { name: "Robin Newcomer" })).toBeVisible();
    await expect(page.getByText("CLERK_ERROR")).toBeVisible();
  } finally {
    await mendClerk();
    await deliverWebhooks();
  }
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("heading", { name: "Renamed Newcomer" })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  await expect(page.getByTestId("sync-state")).toHaveText("In step with Clerk");
});
