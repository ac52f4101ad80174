import { newUser } from "./stack.ts";
import { expect, openAsAdmin, startRun, test } from "./test.ts";

test("Ctrl-K opens the command menu: to a page, and to a user", async ({ page }) => {
  const { email } = await newUser();
  await openAsAdmin(page);
  await expect(page.getByTestId("headline")).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill("Check");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL("/dashboard/check");
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill(email);
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("row")).toHaveCount(1);
});

test("a chosen theme stays", async ({ page }) => {
  await openAsAdmin(page);
  const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  await page.getByRole("button", { name: "Theme and language" }).click();
  await page.getByRole("menuitemradio", { name: "Dark" }).click();
  await expect.poll(scheme).toBe("dark");
  await page.reload();
  expect(await scheme()).toBe("dark");
});

test("in Chinese an admin syncs all users, and looks at a user", async ({ page }) => {
  const { email } = await newUser();
  await openAsAdmin(page);
  await page.getByRole("button", { name: "Theme and language" }).click();
  await page.getByRole("menuitemradio", { name: "中文" }).click();
  await expect(page.getByRole("heading", { name: "概览" })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", "zh");
  await startRun(page, "同步所有用户");
  await expect(page.getByTestId("run-state")).toHaveText("完成");
  await page.getByRole("link", { name: "用户", exact: true }).click();
  await page.getByRole("searchbox", { name: "按 id、邮箱或姓名搜索" }).fill(email);
  await expect(page.getByTestId("row")).toHaveCount(1);
  await page.getByTestId("row").getByRole("link").click();
  await page.getByRole("button", { name: "同步此用户" }).click();
  await expect(page.getByText("Clerk 中没有变化。")).toBeVisible();
});

test.describe("in another time zone", () => {
  test.use({ timezoneId: "Asia/Tokyo" });

  test("times are the viewer's", async ({ page }) => {
    const { id } = await newUser();
    await openAsAdmin(page, `/dashboard/users/${id}`);
    await expect(page.getByTestId("user-state")).toBeVisible();
    const time = page.getByTestId("field-createdAt").locator("time").first();
    const inTokyo = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", timeZone: "Asia/Tokyo" });
    const at = new Date((await time.getAttribute("datetime")) ?? "");
    await expect(time).toHaveText(inTokyo.format(at));
  });
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("the pages are behind a button", async ({ page }) => {
    await openAsAdmin(page);
    await page.getByRole("button", { name: "Open the menu" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Runs" }).click();
    await expect(page).toHaveURL("/dashboard/runs");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
});
