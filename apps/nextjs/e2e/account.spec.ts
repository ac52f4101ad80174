import { changeUser, deliverWebhooks, disturbClerk, dropWebhooks, mendClerk, newUser, stack } from "./stack.ts";
import { expect, openAs, test } from "./test.ts";

test("a member's dashboard is their account: what is stored about them, and nothing of others", async ({ page }) => {
  await openAs(page, stack().MEMBER_USER_ID);
  await expect(page.getByRole("heading", { name: "My account" })).toBeVisible();
  await expect(page.getByTestId("sync-state")).toHaveText("In sync with Clerk");
  await expect(page.getByText(stack().MEMBER_EMAIL).first()).toBeVisible();
  await expect(page.getByText(stack().MEMBER_USER_ID).first()).toBeVisible();
  await expect(page.getByRole("navigation", { name: "Dashboard" }).getByRole("link")).toHaveText(["My account"]);
  await expect(page.getByRole("button", { name: /^Sync (all users|changes)$/ })).toHaveCount(0);
});

test("Sync me shows what it found, and how long to wait before the next one", async ({ page }) => {
  await page.clock.install();
  const { id } = await newUser();
  await openAs(page, id);
  const result = page.getByTestId("sync-me-result");
  await page.getByRole("button", { name: "Sync me" }).click();
  await expect(result).toContainText("Synced");
  await expect(page.getByText("Clerk, just now")).toBeVisible();
  await page.getByRole("button", { name: "Sync me" }).click();
  await expect(result).toContainText(/You can sync again in \d+ s/);
  await page.clock.fastForward(10_000);
  await expect(result).toContainText("You can sync again now");
});

test("Sync me shows an error at Clerk, and what to do", async ({ page }) => {
  const { id } = await newUser();
  await openAs(page, id);
  await disturbClerk({ path: `/v1/users/${id}`, status: 500 });
  try {
    await page.getByRole("button", { name: "Sync me" }).click();
    await expect(page.getByTestId("sync-me-result")).toContainText("Clerk answered with an error.");
    await expect(page.getByTestId("sync-me-result")).toContainText("status.clerk.com");
  } finally {
    await mendClerk();
  }
});

test("while Clerk fails, the page shows the old row with the reason; afterwards the new one", async ({ page }) => {
  const { id } = await newUser();
  await openAs(page, id);
  await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible(); // Clerk's script has loaded
  await dropWebhooks();
  try {
    // A token's time is in whole seconds: data from the same second counts as current for it.
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
  const answer = async () => (await page.request.get("/dashboard")).text();
  await expect.poll(answer, { timeout: 30_000 }).toContain("Renamed Newcomer");
  await page.reload();
  await expect(page.getByRole("heading", { name: "Renamed Newcomer" })).toBeVisible();
  await expect(page.getByTestId("sync-state")).toHaveText("In sync with Clerk");
});
