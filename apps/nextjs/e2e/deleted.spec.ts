import { deleted, deleteUser, newUser, session, stack } from "./stack.ts";
import { expect, openAs, openUserMenu, test } from "./test.ts";

test("a user who deletes their account is signed out and cannot sign in again", async ({ page }) => {
  const { id, email } = await newUser();
  await openAs(page, id);
  await openUserMenu(page);
  await page.getByRole("button", { name: "Manage account" }).click();
  await page.getByRole("button", { name: "Security" }).click();
  await page.getByRole("button", { name: "Delete account" }).click();
  await page.getByLabel(/Type .* below to continue/).fill("Delete account");
  await page.getByRole("button", { name: "Delete account" }).last().click();
  await expect(page).toHaveURL("/");

  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByText("Couldn't find your account.").first()).toBeVisible();
});

test("a session that outlives its user shows that the account was deleted, without a redirect loop", async ({
  page,
  context,
  request,
}) => {
  const { id } = await newUser();
  const { token, cookies } = await session(id);
  await deleteUser(id);
  const sync = () => request.get("/api/sync-current-user", { headers: { authorization: `Bearer ${token}` } });
  await expect.poll(async () => (await sync()).status()).toBe(403); // the webhook has come

  const { APP_ORIGIN } = stack();
  await context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url: APP_ORIGIN })));
  await page.goto("/dashboard");
  await expect(page.getByRole("heading", { name: "This account was deleted" })).toBeVisible();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/");
});

test("a user who is deleted while a page is open finds it closed", async ({ page, context }) => {
  const { APP_ORIGIN } = stack();
  const { id } = await newUser();
  const { cookies } = await session(id);
  const returnWithSession = async () => {
    await context.addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url: APP_ORIGIN })));
    await page.goto("/dashboard");
  };
  await returnWithSession();
  await expect(page.getByTestId("sync-state")).toHaveText("In sync with Clerk");

  await deleteUser(id);
  await expect.poll(() => deleted([id])).toBe(1);
  await expect(async () => {
    await returnWithSession();
    await expect(page.getByRole("heading", { name: "This account was deleted" })).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
});
