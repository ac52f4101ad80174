import type { BrowserContext } from "@playwright/test";
import { z } from "zod";
import { limitTokens, newUser, session, stack } from "./stack.ts";
import { expect, openAs, test } from "./test.ts";

const claimsSchema = z.object({ exp: z.number() });
const LONG_AGO = 3_600; // seconds

async function replaceTokenByAnExpiredOne(context: BrowserContext, userId: string) {
  const now = Math.floor(Date.now() / 1_000);
  const { token } = await session(userId, { iat: now - LONG_AGO, nbf: now - LONG_AGO, exp: now - LONG_AGO + 60 });
  const cookies = (await context.cookies(stack().APP_ORIGIN)).filter(({ name }) => name.startsWith("__session"));
  expect(cookies).not.toHaveLength(0);
  await context.addCookies(cookies.map((cookie) => ({ ...cookie, value: token })));
}

test("a page loads although the cookie's token has expired", async ({ page, context }) => {
  const { id } = await newUser();
  await openAs(page, id);
  await page.goto("about:blank"); // the cookie is no longer renewed
  await replaceTokenByAnExpiredOne(context, id);
  await page.goto("/dashboard");
  await expect(page).toHaveURL("/dashboard");
  await expect(page.getByTestId("sync-state")).toBeVisible();
});

test("a call works although the cookie's token has expired under the open page", async ({ page, context }) => {
  const { id } = await newUser();
  await openAs(page, id);
  await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible(); // Clerk's script has loaded
  await replaceTokenByAnExpiredOne(context, id);
  await page.getByRole("button", { name: "Sync me" }).click();
  await expect(page.getByTestId("sync-me-result")).toContainText("Synced");
});

test.describe("with tokens of 20 s", () => {
  test.beforeEach(() => limitTokens(20)); // Clerk's script renews a token 17 s before its end
  test.afterEach(() => limitTokens(60));

  test("the session outlives its token", async ({ page, context }) => {
    const { id } = await newUser();
    await openAs(page, id);
    const token = async () =>
      (await context.cookies(stack().APP_ORIGIN)).find(({ name }) => name === "__session")?.value ?? "";
    const { exp } = claimsSchema.parse(JSON.parse(atob((await token()).split(".")[1] ?? "")));
    await expect.poll(() => Date.now() / 1_000 > exp, { timeout: 30_000 }).toBe(true);

    await page.getByRole("button", { name: "Sync me" }).click();
    await expect(page.getByTestId("sync-me-result")).toContainText("Synced");
    await page.reload();
    await expect(page.getByTestId("sync-state")).toBeVisible();
  });
});
