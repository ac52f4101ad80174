import { test as base, expect, type Page } from "@playwright/test";
import { stack } from "./stack.ts";

const isLocal = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return !protocol.startsWith("http") || hostname === "localhost" || hostname === "127.0.0.1";
};

interface Watched {
  /** Fails the test if a page sent a request to another machine, threw, or violated the Content-Security-Policy. */
  watched: undefined;
}

export const test = base.extend<Watched>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its parameter.
  baseURL: async ({}, use) => use(process.env.APP_ORIGIN),
  launchOptions: [
    {
      executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
      // The sandbox needs rights that containers lack; no name but this machine's is resolved.
      args: ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"],
    },
    { scope: "worker" },
  ],
  watched: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      context.on("request", (request) => {
        if (!isLocal(request.url())) complaints.push(`left the machine: ${request.url()}`);
      });
      context.on("weberror", (error) => complaints.push(`threw: ${error.error()}`));
      context.on("console", (message) => {
        if (/Content Security Policy|hydrat/i.test(message.text())) complaints.push(message.text());
      });
      await use(undefined);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Signs in with Clerk's own form; the page already shows it. */
export async function signInAs(page: Page, email: string, password = stack().SEED_PASSWORD): Promise<void> {
  await page.getByLabel("Email address").fill(email);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
}

export async function openDashboardAs(page: Page, email: string): Promise<void> {
  await page.goto("/dashboard");
  await signInAs(page, email);
  await expect(page).toHaveURL("/dashboard");
  await expect(page.getByTestId("sync-state")).toBeVisible();
}

/** Opens Clerk's menu behind the avatar. */
export async function openUserMenu(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Open user menu" }).click();
}

export async function signOut(page: Page): Promise<void> {
  await openUserMenu(page);
  await page.getByRole("button", { name: "Sign out" }).click();
}

/** Starts a run over all users and waits until the page shows it. The previous run may look the same. */
export async function startRun(page: Page): Promise<void> {
  const answer = page.waitForResponse(/sync\.syncAll\b/);
  await page.getByRole("button", { name: "Sync all users" }).click();
  const runId = /"runId":"([0-9a-f-]{36})"/.exec(await (await answer).text())?.[1];
  await expect(page.locator(`[data-run-id="${runId}"]`)).toBeVisible();
}
