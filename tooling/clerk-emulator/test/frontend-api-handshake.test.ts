import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { decodeJwt } from "jose";
import { expect, onTestFinished, test, vi } from "vitest";
import { Browser, codeFor } from "./browser.ts";
import { startClerk } from "./clerk.ts";

type Clerk = Awaited<ReturnType<typeof startClerk>>;

const PAGE = "http://localhost:3000/dashboard?tab=1";

/** How a server with Clerk's SDK answers this browser's page request. */
function authenticate(clerk: Clerk, browser: Browser) {
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const request = new Request(PAGE, { headers: { cookie, "sec-fetch-dest": "document", accept: "text/html" } });
  return clerk.sdk.authenticateRequest(request, {
    authorizedParties: ["http://localhost:3000"],
    proxyUrl: clerk.proxyUrl,
  });
}

/** Follows the server's redirects: to the emulator and back. */
async function followHandshake(clerk: Clerk, browser: Browser) {
  const state = await authenticate(clerk, browser);
  const location = state.headers.get("location") ?? "";
  expect(location).toMatch(clerk.proxyUrl);
  const response = await browser.fetch(location.slice(`${clerk.proxyUrl}/v1`.length));
  return { reason: state.reason, response };
}

test("a browser with an old token returns with a new one", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  const { reason, response } = await followHandshake(clerk, browser);
  expect(reason).toBe("client-uat-but-no-session-token");
  expect(response.status).toBe(307);
  expect(response.headers.get("location")).toBe(PAGE);

  const state = await authenticate(clerk, browser);
  expect(state.toAuth()).toMatchObject({ userId: clerk.memberUserId });
  const directives = state.headers.getSetCookie();
  const names = directives.map((line) => line.split("=")[0] ?? "");
  expect(names.toSorted()).toEqual([
    "__clerk_handshake",
    expect.stringMatching(/^__client_uat$/),
    expect.stringMatching(/^__client_uat_[\w-]{8}$/),
    "__session",
    expect.stringMatching(/^__session_[\w-]{8}$/),
  ]);
  expect(directives.find((line) => line.startsWith("__clerk_handshake="))).toMatch(/Max-Age=0/);
  const token = directives.find((line) => line.startsWith("__session="))?.split(/[=;]/)[1] ?? "";
  expect(decodeJwt(token)).toMatchObject({ azp: "http://localhost:3000", sub: clerk.memberUserId });
});

test("a browser without a signed-in user returns without a token", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  await clerk.sdk.users.deleteUser(clerk.memberUserId);
  await followHandshake(clerk, browser);
  const state = await authenticate(clerk, browser);
  expect(state.status).toBe("signed-out");
  expect(state.headers.getSetCookie().filter((line) => /^__client_uat(_[\w-]{8})?=0;/.test(line))).toHaveLength(2);
  expect(state.headers.getSetCookie().filter((line) => /^__session(_[\w-]{8})?=; Max-Age=0/.test(line))).toHaveLength(
    2,
  );
});

test("a browser is only sent back to a page of this machine", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  for (const target of ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""]) {
    const response = await browser.fetch(`/client/handshake?redirect_url=${encodeURIComponent(target)}`);
    expect(response.status).toBe(422);
    expect(response.headers.get("location")).toBeNull();
  }
});

test("a browser stays signed in, and can finish its sign-up, when the emulator restarts", async () => {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), "clerk-emulator-"));
  onTestFinished(() => rm(dataDirectory, { recursive: true }));
  const first = await startClerk({ dataDirectory });
  const member = new Browser(first);
  const session = await member.signIn(first.memberEmail, first.seedPassword);
  const newcomer = new Browser(first);
  const started = await newcomer.send("POST", "/client/sign_ups", {
    email_address: "ann@example.com",
    password: "correct horse battery",
    first_name: "Ann",
    last_name: "Other",
  });
  await first.stop();
  expect(await readFile(path.join(dataDirectory, "journal.jsonl"), "utf8")).not.toContain("correct horse");

  await using second = await startClerk({ dataDirectory });
  const memberAgain = member.movedTo(second);
  expect((await memberAgain.sessions())[0]).toMatchObject({ id: session, status: "active" });
  expect((await memberAgain.send("POST", `/client/sessions/${session}/tokens`)).status).toBe(200);

  const newcomerAgain = newcomer.movedTo(second);
  const signUp = `/client/sign_ups/${started.body.response?.id}`;
  await newcomerAgain.send("POST", `${signUp}/prepare_verification`, { strategy: "email_code" });
  const code = await codeFor(second, "ann@example.com");
  await newcomerAgain.send("POST", `${signUp}/attempt_verification`, { strategy: "email_code", code });
  expect(await newcomerAgain.sessions()).toHaveLength(1);
  await newcomerAgain.send("DELETE", "/client/sessions");
  await newcomerAgain.signIn("ann@example.com", "correct horse battery");
});

test("idle browsers are dropped when the emulator restarts", async () => {
  const dataDirectory = await mkdtemp(path.join(tmpdir(), "clerk-emulator-"));
  onTestFinished(() => rm(dataDirectory, { recursive: true }));
  onTestFinished(() => void vi.useRealTimers());
  const first = await startClerk({ dataDirectory });
  const browser = new Browser(first);
  await browser.send("POST", "/client/sign_ups", { email_address: "ann@example.com" });
  await first.stop();
  const clients = async () => {
    await (await startClerk({ dataDirectory })).stop();
    return (await readFile(path.join(dataDirectory, "journal.jsonl"), "utf8")).match(/"kind":"client"/g)?.length ?? 0;
  };
  expect(await clients()).toBe(1);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 25 * 3_600_000 });
  expect(await clients()).toBe(0);
});
