import { dropEffects, newUser, putDeadEffects, putDeliveredEffects, stack } from "./stack.ts";
import { expect, openAs, openAsAdmin, test } from "./test.ts";

// Other tests change users, and would leave effects behind.
test.afterEach(async () => {
  await dropEffects();
});

test("an app that handles no effects has none to show", async ({ page }) => {
  await openAsAdmin(page, "/dashboard/effects");
  await expect(page.getByText("Your application handles no effects")).toBeVisible();
  await page.goto("/dashboard");
  await expect(page.getByTestId("headline")).toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: "Effects" })).toHaveCount(0);
});

test("an admin sees dead effects on the overview, lists them, and retries one, then all", async ({ page }) => {
  const { ADMIN_USER_ID, MEMBER_USER_ID } = stack();
  const { id } = await newUser();
  await putDeadEffects("user.deleted", [ADMIN_USER_ID, MEMBER_USER_ID, id]);
  await openAsAdmin(page);
  await expect(page.getByTestId("dead-effects")).toHaveText("3 dead");
  await page.getByRole("main").getByRole("link", { name: "Effects" }).click();
  await expect(page).toHaveURL("/dashboard/effects?state=dead");
  const rows = page.getByTestId("row");
  await expect(rows).toHaveCount(3);
  const one = rows.filter({ hasText: id });
  await expect(one).toContainText("user.deleted");
  await expect(one).toContainText("the mail service answered 503");

  await one.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText("1 effect is due now.")).toBeVisible();
  await expect(page.getByTestId("dead-count")).toHaveText("2");
  await expect(one).toHaveCount(0);
  await page.getByRole("combobox", { name: "State" }).selectOption("Pending");
  await expect(page).toHaveURL("/dashboard/effects");
  await expect(one).toHaveCount(1);

  await page.getByRole("button", { name: "Retry all failed" }).click();
  await expect(page.getByText("2 effects are due now.")).toBeVisible();
  await expect(page.getByTestId("dead-count")).toHaveText("0");
  await one.getByRole("link", { name: id }).click();
  await expect(page).toHaveURL(`/dashboard/users/${id}`);
});

test("dead effects are paged, and each list has its own pages", async ({ page }) => {
  const ids = Array.from({ length: 60 }, (_, index) => `user_${`${index}`.padStart(27, "0")}`); // more than a page
  await putDeadEffects("user.deleted", ids);
  await openAsAdmin(page, "/dashboard/effects?state=dead");
  const rows = page.getByTestId("row");
  await expect(rows).toHaveCount(50);
  await page.getByRole("button", { name: "Next" }).click();
  await expect(rows).toHaveCount(10);
  await page.getByRole("combobox", { name: "State" }).selectOption("Pending");
  await expect(page.getByText("No pending effects")).toBeVisible();
});

test("a user's page lists what became of their effects, and retries a dead one", async ({ page }) => {
  const { id } = await newUser();
  await openAsAdmin(page, `/dashboard/users/${id}`);
  await expect(page.getByText("No effects", { exact: true })).toBeVisible();
  await putDeadEffects("user.created", [id]);
  await putDeliveredEffects("user.updated", [id]);
  await page.reload();
  const rows = page.getByRole("table", { name: "Effects" }).getByTestId("row");
  const dead = rows.filter({ hasText: "user.created" });
  await expect(dead).toContainText(/Dead.*20.*the mail service answered 503/);
  const delivered = rows.filter({ hasText: "user.updated" });
  await expect(delivered).toContainText("Delivered");
  await expect(delivered.getByRole("button", { name: "Retry" })).toHaveCount(0);

  await dead.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText("1 effect is due now.")).toBeVisible();
  await expect(dead).toContainText(/Pending.*due/);
  await expect(dead.getByRole("button", { name: "Retry" })).toHaveCount(0);
});

test("the effects are not a member's", async ({ page }) => {
  const { id } = await newUser();
  await openAs(page, id, "/dashboard/effects");
  await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  await page.goto("/dashboard");
  await expect(page.getByTestId("sync-state")).toBeVisible();
  await expect(page.getByRole("navigation").getByRole("link", { name: "Effects" })).toHaveCount(0);
});
