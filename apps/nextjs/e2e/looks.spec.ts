import AxeBuilder from "@axe-core/playwright";
import { disturbClerk, loseUsers, mendClerk, newUser, newUsers, stack } from "./stack.ts";
import { expect, openAs, openAsAdmin, startRun, test } from "./test.ts";

const looks = [
  { name: "light", colorScheme: "light", viewport: { width: 1360, height: 900 } },
  { name: "dark", colorScheme: "dark", viewport: { width: 1360, height: 900 } },
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
        expect
          .soft(
            violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
            picture,
          )
          .toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect.soft(overflow, picture).toBe(0);
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

      await openAsAdmin(page);
      await expect(page.getByTestId("headline")).toBeVisible();
      await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible();
      await look("overview");
      await page.keyboard.press("Control+k");
      await expect(page.getByRole("combobox")).toBeVisible();
      await look("command-menu", { fullPage: false });
      await page.keyboard.press("Escape");

      await disturbClerk({ path: "/v1/users", latencyMs: 1_500 });
      try {
        await startRun(page);
        await expect(page.getByTestId("run-state")).toHaveText("Running");
        await expect(page.getByText(/· about .+ left/)).toBeVisible();
        await look("run-running");
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
      await look("run-awaiting");
      await page.getByRole("button", { name: "Confirm deletions…" }).click();
      await expect(page.getByRole("alertdialog")).toBeVisible();
      await look("run-confirm", { fullPage: false }); // the dialog covers the viewport
      await page.getByRole("button", { name: "Mark as deleted" }).click();
      await expect(page.getByTestId("run-state")).toHaveText("Done");

      await disturbClerk({ path: "/v1/users", status: 429, retryAfter: 7_200 }); // longer than a run waits
      try {
        await startRun(page);
        await expect(page.getByTestId("run-state")).toHaveText("Failed");
        await look("run-failed");
      } finally {
        await mendClerk();
      }
      await startRun(page);
      await expect(page.getByTestId("run-state")).toHaveText("Done");

      await page.goto("/dashboard/events");
      await expect(page.getByTestId("row").first()).toBeVisible();
      await look("events");
      await page.goto("/dashboard/users");
      await expect(page.getByTestId("row").first()).toBeVisible();
      await look("users");
      await page.goto(`/dashboard/users/${stack().ADMIN_USER_ID}`);
      await expect(page.getByTestId("user-state")).toBeVisible();
      await look("user");
      await page.goto(`/dashboard/users/${gone[0]}`);
      await expect(page.getByTestId("tombstone")).toBeVisible();
      await look("user-deleted");
      await page.goto("/dashboard/check");
      await expect(page.getByTestId("findings")).toBeVisible();
      await look("check");
      await page.goto("/dashboard/account");
      await page.getByRole("button", { name: "Sync me" }).click();
      await expect(page.getByTestId("sync-me-result")).not.toBeEmpty();
      await look("account");
      await page.goto("/user-profile");
      await expect(page.getByText("Profile details").first()).toBeVisible();
      await look("user-profile");
    });

    test("a member's dashboard looks as it should", async ({ page }) => {
      const { id } = await newUser();
      await openAs(page, id);
      await expect(page.getByRole("button", { name: "Open user menu" })).toBeVisible();
      await page.screenshot({ path: `e2e/screenshots/account-member-${name}.png`, fullPage: true });
    });
  });
}
