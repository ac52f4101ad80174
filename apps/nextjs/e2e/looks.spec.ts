import AxeBuilder from "@axe-core/playwright";
import { disturbClerk, loseUsers, mendClerk, newUser, newUsers, stack } from "./stack.ts";
import { expect, openDashboardAs, startRun, test } from "./test.ts";

const looks = [
  { name: "light", colorScheme: "light", viewport: { width: 1280, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1280, height: 900 } },
  { name: "phone", colorScheme: "light", viewport: { width: 390, height: 844 } },
] as const;

for (const { name, colorScheme, viewport } of looks) {
  test.describe(`in ${name}`, () => {
    test.use({ colorScheme, viewport });

    test("the pages are accessible, and nothing is cut off", async ({ page }) => {
      const look = async (picture: string, { fullPage = true } = {}) => {
        await page.screenshot({
          path: `e2e/screenshots/${picture}-${name}.png`,
          fullPage,
          animations: "disabled",
        });
        const { violations } = await new AxeBuilder({ page }).exclude(".cl-rootBox").analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow).toBe(0);
      };
      await page.goto("/");
      await look("home");
      await page.goto("/sign-in");
      await expect(page.getByLabel("Email address")).toBeVisible();
      await look("sign-in");
      await page.goto("/sign-up");
      await expect(page.getByLabel("Email address")).toBeVisible();
      await look("sign-up");
      await page.goto("/no-such-page");
      await look("not-found");

      await openDashboardAs(page, stack().ADMIN_EMAIL);
      await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible();
      await disturbClerk({ path: "/v1/users", latencyMs: 1_500 });
      try {
        await startRun(page);
        await expect(page.getByTestId("run-state")).toHaveText("Running");
        await expect(page.getByText(/· about .+ left/)).toBeVisible();
        await look("dashboard-running");
      } finally {
        await mendClerk();
      }
      await expect(page.getByTestId("run-state")).toHaveText("Done");
      await page.getByRole("button", { name: "Sync me" }).click();
      await expect(page.getByTestId("sync-me-result")).not.toBeEmpty();
      await look("dashboard-admin");

      const gone = await newUsers(100);
      await startRun(page);
      await expect(page.getByTestId("run-state")).toHaveText("Done");
      await loseUsers(gone);
      await startRun(page);
      await expect(page.getByTestId("run-state")).toHaveText("Awaiting confirmation");
      await look("dashboard-awaiting");
      await page.getByRole("button", { name: "Confirm deletions…" }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
      await look("dashboard-confirm", { fullPage: false }); // the dialog covers the viewport
      await page.getByRole("button", { name: "Mark as deleted" }).click();
      await expect(page.getByTestId("run-state")).toHaveText("Done");

      await disturbClerk({ path: "/v1/users", status: 429, retryAfter: 7_200 }); // longer than a run waits
      try {
        await startRun(page);
        await expect(page.getByTestId("run-state")).toHaveText("Failed");
        await look("dashboard-failed");
      } finally {
        await mendClerk();
      }
      await startRun(page);
      await expect(page.getByTestId("run-state")).toHaveText("Done");
      await page.goto("/user-profile");
      await expect(page.getByText("Profile details").first()).toBeVisible();
      await look("user-profile");
    });

    test("a member's dashboard looks as it should", async ({ page }) => {
      const { email } = await newUser();
      await openDashboardAs(page, email);
      await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible();
      await page.screenshot({ path: `e2e/screenshots/dashboard-member-${name}.png`, fullPage: true });
    });
  });
}
