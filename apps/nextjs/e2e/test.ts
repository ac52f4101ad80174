import { existsSync } from "node:fs";
import { test as base, expect, type Page } from "@playwright/test";
import { startStack } from "./own-stack.ts";
import { session, stack } from "./stack.ts";

// Debian's paths. Chromium without a window of its own takes a third less of the processor.
const HEADLESS = "/usr/bin/chromium-headless-shell";
const CHROMIUM = existsSync(HEADLESS) ? HEADLESS : "/usr/bin/chromium";

const isLocal = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return !protocol.startsWith("http") || hostname === "localhost" || hostname === "127.0.0.1";
};

interface Watched {
  /** Fails the test if a page sent a request to another machine, threw, or violated the Content-Security-Policy. */
  watched: undefined;
}

export interface Worker {
  /** Whether the tests run against a stack of their own. */
  startsStack: boolean;
  /** A worker's own: the tests of two workers run at the same time, and change the directory, Clerk's faults and its webhooks. */
  ownStack: undefined;
}

export const test = base.extend<Watched, Worker>({
  startsStack: [true, { option: true, scope: "worker" }],
  ownStack: [
    async ({ startsStack }, use) => {
      const stop = startsStack ? await startStack() : undefined;
      await use(undefined);
      await stop?.();
    },
    { auto: true, scope: "worker", timeout: 180_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its parameter.
  baseURL: async ({}, use) => use(process.env.APP_ORIGIN),
  launchOptions: [
    {
      executablePath: process.env.CHROMIUM_PATH ?? CHROMIUM,
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

/** Opens a page as a user, with a session that Clerk's form would have made: only the tests of the form need the form. */
export async function openAs(page: Page, userId: string, path = "/dashboard"): Promise<void> {
  const { cookies } = await session(userId);
  const { APP_ORIGIN } = stack();
  await page.context().addCookies(Object.entries(cookies).map(([name, value]) => ({ name, value, url: APP_ORIGIN })));
  await page.goto(path);
}

export const openAsAdmin = (page: Page, path?: string): Promise<void> => openAs(page, stack().ADMIN_USER_ID, path);

/** Opens Clerk's menu behind the avatar. */
export async function openUserMenu(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Open user menu" }).click();
}

export async function signOut(page: Page): Promise<void> {
  await openUserMenu(page);
  await page.getByRole("button", { name: "Sign out" }).click();
}

/** Starts a run over all users and waits until the page of the runs shows it. The previous run may look the same. */
export async function startRun(page: Page, button = "Sync all users"): Promise<void> {
  const answer = page.waitForResponse(/sync\.syncAll\b/);
  await page.getByRole("button", { name: button }).click();
  const runId = /"runId":"([0-9a-f-]{36})"/.exec(await (await answer).text())?.[1];
  await expect(page).toHaveURL(/\/dashboard\/runs$/);
  await expect(page.locator(`[data-run-id="${runId}"]`)).toBeVisible();
}
