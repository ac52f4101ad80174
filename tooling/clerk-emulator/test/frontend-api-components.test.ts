import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { startApplication } from "./application.ts";
import { codeFor, Browser as HttpBrowser } from "./browser.ts";
import { HOW_TO_GET_CHROMIUM, hasChromium, launchChromium, openWindow } from "./chromium.ts";
import { startClerk } from "./clerk.ts";
import { receiveWebhooks } from "./webhook-receiver.ts";

/** The wait after a click: long enough for a busy machine. */
const SOON = { timeout: 20_000 };

const meSchema = z.object({
  status: z.string(),
  userId: z.string().nullable(),
  sessionClaims: z.looseObject({ azp: z.string(), exp: z.number(), jti: z.string() }).nullable(),
});

/** Ends with the test that started it. */
function lasting<Resource extends AsyncDisposable>(resource: Resource): Resource {
  onTestFinished(() => resource[Symbol.asyncDispose]());
  return resource;
}

/**
 * For `pnpm test:deep` only: each page that loads Clerk's scripts takes seconds of CPU time. The other tests of the Frontend
 * API show the same without a browser, and `pnpm test:e2e` signs in with these components.
 */
const deep = process.env.DEEP === "1";

describe.runIf(deep && hasChromium)(`Clerk's own components in Chromium (${HOW_TO_GET_CHROMIUM})`, () => {
  let chromium: Browser;
  beforeAll(async () => {
    chromium = await launchChromium();
  });
  afterAll(() => chromium.close());

  /** What no page may do: call another machine, or call an unknown route of the emulator. */
  const wrong: string[] = [];
  afterEach(() => expect(wrong.splice(0)).toEqual([]));

  async function setUp(tokenLifetimeSeconds?: number) {
    const log = (line: string) => {
      if (line.startsWith("No such route")) wrong.push(line);
    };
    const clerk = lasting(await startClerk({ log, tokenLifetimeSeconds }));
    const hooks = lasting(await receiveWebhooks(clerk.webhookSigningSecret));
    await clerk.control("POST", "/webhooks", { url: hooks.url });
    const application = lasting(await startApplication(clerk));
    const { context, page } = lasting(await openWindow(chromium, (url) => wrong.push(url)));
    return {
      clerk,
      context,
      page,
      origin: application.origin,
      open: (path: string) => page.goto(`${application.origin}${path}`),
      /** How the application's server reads the browser's cookies. */
      me: async () => meSchema.parse(await (await context.request.get(`${application.origin}/api/me`)).json()),
      webhooks: () => hooks.received.map(({ event }) => event.type),
    };
  }

  const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

  async function signIn(page: Page, emailAddress: string, password: string) {
    await page.getByLabel("Email address").fill(emailAddress);
    await button(page, "Continue").click();
    await page.getByLabel("Password", { exact: true }).fill(password);
    await button(page, "Continue").click();
  }

  /** A window in which the member has signed in, at this page. */
  async function memberAt(path: string, tokenLifetimeSeconds?: number) {
    const set = await setUp(tokenLifetimeSeconds);
    const { clerk, context, origin, page } = set;
    const browser = new HttpBrowser(clerk, origin);
    await browser.signIn(clerk.memberEmail, clerk.seedPassword);
    await context.addCookies([...browser.cookies].map(([name, value]) => ({ name, value, url: origin })));
    await set.open(path);
    await page.getByText("Signed in as Morgan Member").waitFor();
    return set;
  }

  const cookieNames = async (context: BrowserContext) =>
    (await context.cookies()).map(({ name }) => name.replace(/(?<=^__(?:session|client_uat))_[\w-]{8}$/, "_…"));

  test("<SignUp/> asks for the code, then its user is signed in", async () => {
    const set = await setUp();
    const { page, clerk } = set;
    await set.open("/sign-up");
    await page.getByLabel("First name").fill("Ann");
    await page.getByLabel("Last name").fill("Other");
    await page.getByLabel("Email address").fill("ann@example.com");
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await button(page, "Continue").click();
    const code = page.getByLabel("Enter verification code");
    await code.fill("000000");
    await page.getByText("Incorrect code").first().waitFor();
    await code.fill(await codeFor(clerk, "ann@example.com"));
    await page.getByText("Signed in as Ann Other").waitFor();
    const [user] = (await clerk.sdk.users.getUserList({ emailAddress: ["ann@example.com"] })).data;
    await expect.poll(() => set.me(), SOON).toMatchObject({ status: "signed-in", userId: user?.id });
    await expect.poll(set.webhooks, SOON).toEqual(["user.created"]);
  });

  test("<SignIn/> reports an unknown address and a wrong password, and accepts the right one", async () => {
    const set = await setUp();
    const { page, clerk } = set;
    await set.open("/sign-in");
    await page.getByLabel("Email address").fill("nobody@example.com");
    await button(page, "Continue").click();
    await page.getByText("Couldn't find your account").first().waitFor();
    await signIn(page, clerk.memberEmail, "wrong password");
    await page.getByText("Password is incorrect").first().waitFor();
    await page.getByLabel("Password", { exact: true }).fill(clerk.seedPassword);
    await button(page, "Continue").click();
    await page.getByText("Signed in as Morgan Member").waitFor();
    const { sessionClaims, userId } = await set.me();
    expect(userId).toBe(clerk.memberUserId);
    expect(sessionClaims?.azp).toBe(new URL(page.url()).origin);
    await expect.poll(set.webhooks, SOON).toEqual(["user.updated"]);
  });

  test("<SignIn/> replaces a forgotten password with a code", async () => {
    const set = await setUp();
    const { page, clerk } = set;
    await set.open("/sign-in");
    await page.getByLabel("Email address").fill(clerk.memberEmail);
    await button(page, "Continue").click();
    await page.getByText("Forgot password?").click();
    await button(page, "Reset your password").click();
    await expect.poll(() => codeFor(clerk, clerk.memberEmail).catch(() => ""), SOON).toMatch(/^\d{6}$/);
    await page.getByLabel("Enter verification code").fill(await codeFor(clerk, clerk.memberEmail));
    await page.getByLabel("New password").fill("a new password 1");
    await page.getByLabel("Confirm password").fill("a new password 1");
    await button(page, "Reset Password").click();
    await page.getByText("Signed in as Morgan Member").waitFor();
    expect(
      (await clerk.sdk.users.verifyPassword({ userId: clerk.memberUserId, password: "a new password 1" })).verified,
    ).toBe(true);
  });

  test("a reloaded page keeps the session", async () => {
    const set = await memberAt("/");
    await set.page.reload();
    await set.page.getByText("Signed in as Morgan Member").waitFor();
    await expect.poll(() => set.me(), SOON).toMatchObject({ userId: set.clerk.memberUserId });
    await expect
      .poll(() => cookieNames(set.context), SOON)
      .toEqual(expect.arrayContaining(["__client", "__client_uat", "__client_uat_…", "__session", "__session_…"]));
  });

  test("an open page gets a new token when the old one has expired", async () => {
    const set = await memberAt("/", 2);
    const { sessionClaims: first } = await vi.waitFor(async () => {
      const me = await set.me();
      expect(me.status).toBe("signed-in");
      return me;
    }, SOON);
    await expect.poll(() => Date.now() / 1000, SOON).toBeGreaterThan(first?.exp ?? Infinity);
    await expect.poll(async () => (await set.me()).status, SOON).toBe("signed-in");
    expect((await set.me()).sessionClaims?.jti).not.toBe(first?.jti);
  });

  test("a page that is opened with an expired token loads after a handshake", async () => {
    const set = await memberAt("/", 2);
    await set.page.goto("about:blank");
    await expect.poll(async () => (await set.me()).status, SOON).toBe("signed-out");
    const handshake = set.page.waitForResponse((response) => response.url().includes("/v1/client/handshake"));
    await set.open("/");
    expect((await handshake).status()).toBe(307);
    await set.page.getByText("Signed in as Morgan Member").waitFor();
    await expect.poll(() => cookieNames(set.context), SOON).not.toContain("__clerk_handshake");
  });

  test("<UserButton/> signs out", async () => {
    const set = await memberAt("/");
    await set.page.getByLabel("Open user menu").click();
    await button(set.page, "Sign out").click();
    await set.page.getByText("Signed out").waitFor();
    await expect.poll(() => set.me(), SOON).toMatchObject({ status: "signed-out" });
    await expect.poll(() => cookieNames(set.context), SOON).not.toContain("__session");
  });

  test("<UserProfile/> changes the name", async () => {
    const set = await memberAt("/user");
    await expect.poll(set.webhooks, SOON).toEqual(["user.updated"]);
    const { page, clerk } = set;
    await page.getByText("Update profile").click();
    await page.getByLabel("First name").fill("Mo");
    await button(page, "Save").click();
    await page.getByText("Signed in as Mo Member").waitFor();
    expect((await clerk.sdk.users.getUser(clerk.memberUserId)).firstName).toBe("Mo");
    await expect.poll(set.webhooks, SOON).toEqual(["user.updated", "user.updated"]);
  });

  test("<UserProfile/> adds an address and makes it the primary one", async () => {
    const set = await memberAt("/user");
    const { page, clerk } = set;
    await page.getByText("Add email address").click();
    await page.getByLabel("Email address").fill("second@example.com");
    await button(page, "Add").click();
    await page.getByText("Enter the verification code sent to second@example.com").waitFor();
    await expect.poll(() => codeFor(clerk, "second@example.com").catch(() => ""), SOON).toMatch(/^\d{6}$/);
    await page.getByLabel("Enter verification code").fill(await codeFor(clerk, "second@example.com"));
    await page.locator(".cl-profileSectionItem__emailAddresses").nth(1).getByRole("button").click();
    await page.getByRole("menuitem", { name: "Set as primary" }).click();
    const primary = async () => (await clerk.sdk.users.getUser(clerk.memberUserId)).primaryEmailAddress?.emailAddress;
    await expect.poll(primary, SOON).toBe("second@example.com");
  });

  test("<UserProfile/> changes the password and shows where the user is signed in", async () => {
    const set = await memberAt("/user#/security");
    const { page, clerk } = set;
    await page.getByText("This device").waitFor();
    await page.getByText("Update password").click();
    await page.getByLabel("Current password").fill(clerk.seedPassword);
    await page.getByLabel("New password").fill("a new password 1");
    await page.getByLabel("Confirm password").fill("a new password 1");
    await button(page, "Save").click();
    const changed = () =>
      clerk.sdk.users
        .verifyPassword({ userId: clerk.memberUserId, password: "a new password 1" })
        .catch(() => undefined);
    await expect.poll(changed, SOON).toMatchObject({ verified: true });
  });

  test("<UserProfile/> deletes the account, and no user is signed in any more", async () => {
    const set = await memberAt("/user#/security");
    const { page, clerk } = set;
    await button(page, "Delete account").click();
    await page.getByLabel('Type "Delete account" below to continue.').fill("Delete account");
    await button(page, "Delete account").last().click();
    await page.getByText("No user is here").waitFor();
    await expect.poll(() => set.me(), SOON).toMatchObject({ status: "signed-out", userId: null });
    await expect(clerk.sdk.users.getUser(clerk.memberUserId)).rejects.toMatchObject({ status: 404 });
    await expect.poll(set.webhooks, SOON).toContain("user.deleted");
  });

  test("a banned user is signed out of an open page", async () => {
    const set = await memberAt("/");
    await set.clerk.sdk.users.banUser(set.clerk.memberUserId);
    await set.page.evaluate("Clerk.session.getToken({ skipCache: true }).catch(() => undefined)");
    await set.page.getByText("Signed out").waitFor();
    await expect.poll(() => set.me(), SOON).toMatchObject({ status: "signed-out" });
  });
});
