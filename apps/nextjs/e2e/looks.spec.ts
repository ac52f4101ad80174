import type { Page } from "@playwright/test";
import axe from "axe-core";
import {
  deleted,
  deleteUser,
  disturbClerk,
  dropEffects,
  loseUsers,
  mendClerk,
  newUser,
  newUsers,
  putDeadEffects,
  stack,
} from "./stack.ts";
import { expect, openAs, openAsAdmin, startRun, test } from "./test.ts";

const looks = [
  { name: "light", colorScheme: "light", viewport: { width: 1360, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1360, height: 900 } },
  { name: "phone", colorScheme: "light", viewport: { width: 390, height: 844 } },
] as const;

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** The rules of axe that the page breaks, each with its elements, outside of Clerk's components. */
async function violations(page: Page, rules: readonly string[] | undefined): Promise<[string, string[]][]> {
  expect(page.frames()).toHaveLength(1); // axe would need a script in each
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  return page.evaluate(async (values) => {
    const { violations } = await window.axe.run(
      { exclude: [".cl-rootBox"] },
      {
        resultTypes: ["violations"], // else it also describes each element that keeps a rule: megabytes
        ...(values && { runOnly: { type: "rule", values: [...values] } }),
      },
    );
    return violations.map(({ id, nodes }): [string, string[]] => [id, nodes.map(({ html }) => html)]);
  }, rules);
}

/** A picture of the page in each look, and what is wrong with it there. */
async function look(page: Page, picture: string, { fullPage = true } = {}): Promise<void> {
  for (const { name, colorScheme, viewport } of looks) {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    await page.screenshot({ path: `e2e/screenshots/${picture}-${name}.png`, fullPage, animations: "disabled" });
    const rules = name === "dark" ? ["color-contrast"] : undefined; // nothing but the colors differs from light
    expect.soft(await violations(page, rules), `${picture} in ${name}`).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect.soft(overflow, `${picture} in ${name}`).toBe(0);
  }
  await page.setViewportSize(looks[0].viewport);
}

test.describe.configure({ timeout: 300_000 }); // each page three times

test("a visitor's pages are accessible, and nothing is cut off", async ({ page }) => {
  await page.goto("/");
  await look(page, "home");
  await page.goto("/sign-in");
  await expect(page.getByLabel("Email address")).toBeVisible();
  await look(page, "sign-in");
  await page.goto("/sign-up");
  await expect(page.getByLabel("Email address")).toBeVisible();
  await look(page, "sign-up");
  await page.goto("/no-such-page");
  await look(page, "not-found");
});

test("the overview and the command menu are accessible, and nothing is cut off", async ({ page }) => {
  await openAsAdmin(page);
  await expect(page.getByTestId("headline")).toBeVisible();
  await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible();
  await look(page, "overview");
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("combobox")).toBeVisible();
  await look(page, "command-menu", { fullPage: false });
});

test("a run in each of its states is accessible, and nothing is cut off", async ({ page }) => {
  await openAsAdmin(page, "/dashboard/runs");
  await disturbClerk({ path: "/v1/users", latencyMs: 2_500 });
  try {
    await startRun(page);
    await expect(page.getByTestId("run-state")).toHaveText("Running");
    await expect(page.getByText(/· about .+ left/)).toBeVisible();
    await look(page, "run-running");
  } finally {
    await mendClerk();
  }
  await expect(page.getByTestId("run-state")).toHaveText("Done");

  const gone = await newUsers(100);
  await startRun(page);
  await expect(page.getByTestId("run-state")).toHaveText("Done");
  await loseUsers(gone);
  await startRun(page);
  await expect(page.getByTestId("run-state")).toHaveText("Awaiting confirmation");
  await expect(page.getByTestId("awaiting-confirmation").getByTestId("row").first()).toBeVisible();
  await look(page, "run-awaiting");
  await page.getByRole("button", { name: "Confirm deletions…" }).click();
  await expect(page.getByRole("alertdialog")).toBeVisible();
  await look(page, "run-confirm", { fullPage: false }); // the dialog covers the viewport
  await page.getByRole("button", { name: "Mark as deleted" }).click();
  await expect(page.getByTestId("run-state")).toHaveText("Done");

  await disturbClerk({ path: "/v1/users", status: 429, retryAfter: 7_200 }); // longer than a run waits
  try {
    await startRun(page);
    await expect(page.getByTestId("run-state")).toHaveText("Failed");
    await look(page, "run-failed");
  } finally {
    await mendClerk();
  }
  await startRun(page);
  await expect(page.getByTestId("run-state")).toHaveText("Done");
});

test("the lists, a user's page, the check and the account are accessible, and nothing is cut off", async ({ page }) => {
  const { id } = await newUser();
  await deleteUser(id);
  await putDeadEffects("user.created", [stack().ADMIN_USER_ID]);
  await openAsAdmin(page, "/dashboard/effects?state=dead");
  await expect(page.getByTestId("row").first()).toBeVisible();
  await look(page, "effects");
  await page.goto("/dashboard/events");
  await expect(page.getByTestId("row").first()).toBeVisible();
  await look(page, "events");
  await page.goto("/dashboard/users");
  await expect(page.getByTestId("row").first()).toBeVisible();
  await look(page, "users");
  await page.goto(`/dashboard/users/${stack().ADMIN_USER_ID}`);
  await expect(page.getByTestId("user-state")).toBeVisible();
  await look(page, "user");
  await dropEffects();
  await expect.poll(() => deleted([id])).toBe(1);
  await page.goto(`/dashboard/users/${id}`);
  await expect(page.getByTestId("tombstone")).toBeVisible();
  await look(page, "user-deleted");
  await page.goto("/dashboard/check");
  await expect(page.getByTestId("findings")).toBeVisible();
  await look(page, "check");
  await page.goto("/dashboard/account");
  await page.getByRole("button", { name: "Sync me" }).click();
  await expect(page.getByTestId("sync-me-result")).not.toBeEmpty();
  await look(page, "account");
  await page.goto("/user-profile");
  await expect(page.getByText("Profile details").first()).toBeVisible();
  await look(page, "user-profile");
});

test("a member's dashboard is accessible, and nothing is cut off", async ({ page }) => {
  const { id } = await newUser();
  await openAs(page, id);
  await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible();
  await look(page, "account-member");
});
