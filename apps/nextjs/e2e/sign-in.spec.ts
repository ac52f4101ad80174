import { mailedCode, newUser, stack } from "./stack.ts";
import { expect, openAs, signInAs, signOut, test } from "./test.ts";

test("a visitor who signs up with an emailed code lands on the dashboard, and their row exists", async ({ page }) => {
  const email = `new-${crypto.randomUUID()}@example.com`;
  await page.goto("/");
  await page.getByRole("link", { name: "Create an account" }).first().click();
  await page.getByLabel("First name").fill("Noor");
  await page.getByLabel("Last name").fill("Newcomer");
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Password", { exact: true }).fill("a long enough password");
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await expect(page.getByText("Verify your email")).toBeVisible();
  await expect.poll(() => mailedCode(email)).toBeDefined();
  await page.getByLabel("Enter verification code").pressSequentially((await mailedCode(email)) ?? "");

  await expect(page).toHaveURL("/dashboard");
  await expect(page.getByRole("heading", { name: "Noor Newcomer" })).toBeVisible();
  await expect(page.getByText(email).first()).toBeVisible();
  await expect(page.getByTestId("sync-state")).toHaveText("In sync with Clerk");
});

test("a user that no webhook reported signs in and finds their row", async ({ page }) => {
  await page.goto("/dashboard");
  await signInAs(page, stack().MEMBER_EMAIL);
  await expect(page).toHaveURL("/dashboard");
  await expect(page.getByTestId("sync-state")).toHaveText("In sync with Clerk");
  await expect(page.getByText(stack().MEMBER_USER_ID).first()).toBeVisible();
});

test("after the sign-in, the user returns to the page they asked for", async ({ page }) => {
  const { email } = await newUser();
  await page.goto("/user-profile");
  await expect(page).toHaveURL("/sign-in?redirect_url=%2Fuser-profile");
  await signInAs(page, email);
  await expect(page).toHaveURL("/user-profile");
  await expect(page.getByText("Profile details").first()).toBeVisible();
});

test("a return path that names another site is not followed", async ({ page }) => {
  const { email } = await newUser();
  await page.goto("/sign-in?redirect_url=https%3A%2F%2Fevil.example%2Fdashboard");
  await signInAs(page, email);
  await expect(page).toHaveURL("/dashboard");
});

test("a signed-in user is redirected from the sign-in page", async ({ page }) => {
  const { id } = await newUser();
  await openAs(page, id);
  await page.goto("/sign-in");
  await expect(page).toHaveURL("/dashboard");
});

test("signing out ends the session", async ({ page }) => {
  const { id } = await newUser();
  await openAs(page, id);
  await signOut(page);
  await expect(page).toHaveURL("/");
  await expect(page.getByRole("link", { name: "Create an account" }).first()).toBeVisible();
  await page.goto("/dashboard");
  await expect(page).toHaveURL(/\/sign-in/);
});
