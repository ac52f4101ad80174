import { request } from "node:http";
import { expect, test } from "vitest";
import { Browser } from "./browser.ts";
import { startClerk } from "./clerk.ts";

type Clerk = Awaited<ReturnType<typeof startClerk>>;

/** A raw request: fetch would neither send another Host nor leave dots in a path. */
function raw(
  clerk: Clerk,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(clerk.url);
    request({ hostname, port, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    })
      .on("error", reject)
      .end();
  });
}

test("the environment names the pages of the application that asks", async () => {
  await using clerk = await startClerk();
  const response = await new Browser(clerk, "http://localhost:3210").fetch("/environment");
  expect(await response.json()).toMatchObject({
    object: "environment",
    display_config: { sign_in_url: "http://localhost:3210/sign-in", home_url: "http://localhost:3210/" },
    user_settings: { sign_up: { mode: "public" }, attributes: { password: { enabled: true } } },
  });
});

test("a page on this machine may call with cookies, a page of another one may not", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  const own = await browser.fetch("/client");
  expect(own.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
  expect(own.headers.get("access-control-allow-credentials")).toBe("true");
  expect(own.headers.get("cache-control")).toBe("no-store");

  for (const origin of ["https://evil.example", "http://localhost.evil.example", "null"]) {
    const foreign = await browser.fetch("/client", { headers: { origin } });
    expect(foreign.status).toBe(400);
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
    expect(await foreign.json()).toMatchObject({ errors: [{ code: "origin_invalid" }] });
  }
});

test("a preflight is answered, and does nothing", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  await browser.signIn(clerk.memberEmail, clerk.seedPassword);
  const preflight = await browser.fetch("/me?_method=DELETE", {
    method: "OPTIONS",
    headers: { "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization");
  expect(await browser.sessions()).toHaveLength(1);
});

test("it answers only under a loopback name", async () => {
  await using clerk = await startClerk();
  expect((await raw(clerk, "/__clerk/v1/environment", { host: "localhost:4010" })).status).toBe(200);
  expect((await raw(clerk, "/__clerk/v1/environment", { host: "rebound.example.com" })).status).toBe(403);
});

test("a body that is not a form, an unknown field and a too large body are refused", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  const post = async (contentType: string, body: string) =>
    (await browser.fetch("/client/sign_ins", { method: "POST", headers: { "content-type": contentType }, body }))
      .status;
  expect(await post("application/json", '{"identifier":"a@example.com"}')).toBe(415);
  expect(await post("application/x-www-form-urlencoded", `identifier=${"a".repeat(2 ** 20)}`)).toBe(413);
  const unknown = await browser.send("POST", "/client/sign_ins", { identifier: "a@example.com", magic: "1" });
  expect(unknown).toMatchObject({ status: 422, body: { errors: [{ code: "form_param_unknown" }] } });
});

test("an unknown route is answered in Clerk's format, logged to the terminal and counted", async () => {
  const lines: string[] = [];
  await using clerk = await startClerk({ log: (line) => lines.push(line) });
  const answer = await new Browser(clerk).send("DELETE", "/me/totp");
  expect(answer).toMatchObject({ status: 404, body: { errors: [{ code: "resource_not_found" }] } });
  expect(lines).toEqual(["No such route: DELETE /__clerk/v1/me/totp"]);
  expect((await clerk.control("GET", "/requests")).body).toMatchObject({ byRoute: { "DELETE (no such route)": 1 } });
});

test("requests are counted by the intended method, and get faults", async () => {
  await using clerk = await startClerk();
  const browser = new Browser(clerk);
  await clerk.control("POST", "/faults", { status: 503, path: "/__clerk/v1/me", times: 1 });
  const failed = await browser.send("PATCH", "/me");
  expect(failed.status).toBe(503);
  expect(failed.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
  expect((await browser.send("PATCH", "/me")).status).toBe(401);
  expect((await clerk.control("GET", "/requests")).body).toEqual({
    total: 2,
    byRoute: { "PATCH /__clerk/v1/me": 2 },
  });
});

test("Clerk's bundles are served, by major and by full version", async () => {
  await using clerk = await startClerk();
  for (const url of [clerk.clerkJsUrl, clerk.clerkUiUrl, clerk.clerkUiUrl.replace("ui@1", "ui@1.36.0")]) {
    const response = await fetch(url, { headers: { origin: "http://localhost:3000" } });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toMatch(/javascript/);
    expect(response.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
    expect((await response.text()).length).toBeGreaterThan(100_000);
    const again = await fetch(url, { headers: { "if-none-match": response.headers.get("etag") ?? "" } });
    expect(again.status).toBe(304);
  }
});

test.each([
  "/npm/@clerk/clerk-js@6/package.json",
  "/npm/@clerk/clerk-js@6/dist/../package.json",
  "/npm/@clerk/clerk-js@6/dist/%2e%2e/package.json",
  "/npm/@clerk/clerk-js@6/dist/..%2fpackage.json",
  "/npm/@clerk/clerk-js@6/dist/..%5cpackage.json",
  "/npm/@clerk/ui@1/dist//etc/passwd",
  "/npm/@clerk/backend@3/dist/index.js",
  "/npm/@clerk/ui@1/dist/",
])("%s is not served", async (path) => {
  await using clerk = await startClerk();
  const { status, body } = await raw(clerk, path);
  expect(status).toBe(404);
  expect(body).toContain("resource_not_found");
});
