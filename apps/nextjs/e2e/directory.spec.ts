import {
  changeUser,
  deleted,
  deleteUser,
  deliverWebhooks,
  dropWebhooks,
  mirrored,
  newUser,
  newUsers,
} from "./stack.ts";
import { expect, openAsAdmin, test } from "./test.ts";

test("an admin finds a user by their address and opens their page", async ({ page }) => {
  const { id, email } = await newUser();
  await openAsAdmin(page, "/dashboard/users");
  await page.getByRole("searchbox", { name: "Search by id, email or name" }).fill(email);
  const row = page.getByTestId("row");
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("In sync");
  await expect(page).toHaveURL(`/dashboard/users?search=${encodeURIComponent(email)}`);
  await row.getByRole("link").click();
  await expect(page).toHaveURL(`/dashboard/users/${id}`);
  await expect(page.getByRole("heading", { name: "Robin Newcomer" })).toBeVisible();
});

test("the list of users is paged, and goes forth and back", async ({ page }) => {
  const ids = await newUsers(60); // more than a page
  await expect.poll(() => mirrored(ids)).toBe(60);
  await openAsAdmin(page, "/dashboard/users");
  const firstId = page.getByTestId("row").first().locator("code");
  const first = await firstId.textContent();
  await page.getByRole("button", { name: "Next" }).click();
  await expect(firstId).not.toHaveText(first ?? "");
  await page.getByRole("button", { name: "Previous" }).click();
  await expect(firstId).toHaveText(first ?? "");
});

test("a user's page shows what differs from Clerk, and Sync this user ends it", async ({ page }) => {
  const { id } = await newUser();
  await openAsAdmin(page, `/dashboard/users/${id}`);
  await expect(page.getByTestId("user-state")).toHaveText("In sync");
  await dropWebhooks();
  await changeUser(id, { first_name: "Renamed" });
  await deliverWebhooks();
  await page.reload();
  const name = page.getByTestId("field-name");
  await expect(name).toContainText("Renamed Newcomer");
  await expect(name.getByRole("img", { name: "They differ" })).toBeVisible();
  await page.getByRole("button", { name: "Sync this user" }).click();
  await expect(page.getByText("Their row was updated.")).toBeVisible();
  await expect(name.getByRole("img", { name: "They agree" })).toBeVisible();
});

test("a deleted user's page shows the tombstone, and a user that Clerk does not know is not revived", async ({
  page,
}) => {
  const { id } = await newUser();
  await deleteUser(id);
  await expect.poll(() => deleted([id])).toBe(1);
  await openAsAdmin(page, `/dashboard/users/${id}`);
  await expect(page.getByTestId("user-state")).toHaveText("Deleted");
  await expect(page.getByTestId("tombstone")).toContainText("Deleted at Clerk");
  await page.getByRole("button", { name: "Revive" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Revive" }).click();
  await expect(page.getByText("Clerk knows no such user.")).toBeVisible();
  await expect(page.getByTestId("user-state")).toHaveText("Deleted");
});

test("the events of one user lead to their page, and are filtered by outcome", async ({ page }) => {
  const { id } = await newUser();
  await expect.poll(() => mirrored([id])).toBe(1);
  await expect(async () => {
    await openAsAdmin(page, `/dashboard/events?userId=${id}`);
    await expect(page.getByTestId("row")).toHaveCount(1, { timeout: 1_000 });
  }).toPass();
  await expect(page.getByTestId("row")).toContainText("user.created");
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("Failed");
  await expect(page.getByText("No event matches")).toBeVisible();
  await page.getByRole("combobox", { name: "Outcome" }).selectOption("Created");
  await page.getByTestId("row").getByRole("link", { name: id }).click();
  await expect(page).toHaveURL(`/dashboard/users/${id}`);
});

test("the check names what is right, and what is not with its remedy", async ({ page }) => {
  await openAsAdmin(page, "/dashboard/check");
  await expect(page.getByTestId("check-database").getByRole("img", { name: "Right" })).toBeVisible();
  await expect(page.getByTestId("findings")).toHaveText(/Nothing is wrong\.|\d+ findings?\./);
  const answer = page.waitForResponse(/sync\.check\b/);
  await page.getByRole("button", { name: "Check again" }).click();
  expect((await answer).status()).toBe(200);
  await expect(page.getByTestId("check-database").getByRole("img", { name: "Right" })).toBeVisible();
});
