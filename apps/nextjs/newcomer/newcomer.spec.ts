import { expect, signInAs, startRun, test } from "../e2e/test.ts";
import { cloneHead } from "./fresh-clone.ts";
import { openTerminal, processesOf, type Terminal } from "./terminal.ts";

const MINUTE = 60_000;

/** Where the app is and how to sign in, once `dev` has printed it. */
async function whatDevPrints(terminal: Terminal): Promise<{ app: string; email: string; password: string }> {
  const isUp = () => terminal.screen().includes("Ctrl-C stops all of it") || terminal.ended();
  await expect.poll(isUp, { timeout: 8 * MINUTE }).toBe(true);
  const printed = /App +(\S+)[\s\S]*?Sign in as +(\S+) \(admin\).*password (\S+)/.exec(terminal.screen());
  const [, app, email, password] = printed ?? [];
  if (!app || !email || !password) throw new Error(`dev did not come up. It said:\n${terminal.screen()}`);
  return { app, email, password };
}

test("on a fresh clone `pnpm dev` shows its pages, syncs all users, and leaves no process behind", async ({ page }) => {
  const failures: string[] = [];
  page.on("response", (answer) => {
    if (answer.status() >= 500) failures.push(`${answer.status()} ${answer.url()}`);
  });
  await using clone = await cloneHead();
  await using terminal = openTerminal("npx -y pnpm@10 dev", clone.folder);
  try {
    const { app, email, password } = await whatDevPrints(terminal);

    await page.goto(app);
    await expect(page.getByRole("link", { name: "Create an account" })).toBeVisible();
    await page.goto(`${app}/dashboard`);
    await signInAs(page, email, password);
    await expect(page).toHaveURL(`${app}/dashboard`);
    await expect(page.getByTestId("headline")).toBeVisible();
    await startRun(page);
    await expect(page.getByTestId("run-state")).toHaveText("Done");
    expect(failures).toEqual([]);
  } catch (error) {
    console.error(terminal.screen(), failures);
    throw error;
  }

  terminal.pressCtrlC();
  await expect.poll(terminal.ended).toBe(true);
  expect(processesOf(clone.folder)).toEqual([]);
});
