import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { NextFetchEvent } from "next/dist/server/web/spec-extension/fetch-event.js";
import { NextRequest } from "next/server";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

/** A Clerk that takes connections and never answers. */
let silentClerk: Server;
let proxy: typeof import("../src/proxy.ts").default;

beforeAll(async () => {
  silentClerk = createServer().listen(0, "127.0.0.1");
  await once(silentClerk, "listening");
  const address = silentClerk.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  vi.stubEnv("POSTGRES_URL", "postgresql://nobody@127.0.0.1:1/none");
  vi.stubEnv("CLERK_SECRET_KEY", "sk_test_secret");
  vi.stubEnv("NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", `pk_test_${btoa("clerk.example.com$")}`);
  vi.stubEnv("CLERK_API_URL", `http://127.0.0.1:${address.port}`);
  proxy = (await import("../src/proxy.ts")).default;
});
afterAll(() => {
  vi.unstubAllEnvs();
  silentClerk.close();
});

const open = async (headers: Record<string, string>) => {
  const request = new NextRequest("http://localhost:3000/dashboard", {
    headers: { host: "localhost:3000", ...headers },
  });
  const answer = await proxy(request, new NextFetchEvent({ request, page: "/", context: undefined }));
  if (!answer) throw new Error("no answer");
  return answer;
};

const encode = (part: unknown) => Buffer.from(JSON.stringify(part)).toString("base64url");
const now = () => Math.floor(Date.now() / 1_000);
const token = () =>
  `${encode({ alg: "RS256", typ: "JWT", kid: "ins_1" })}.${encode({ sub: "user_1", iss: "https://clerk.example.com", iat: now(), nbf: now(), exp: now() + 60 })}.c2ln`;

describe("while Clerk takes connections and never answers", () => {
  test("a page for a signed-in user answers within the timeout, and signs no user out", async () => {
    const cookie = `__session=${token()}; __client_uat=1; __clerk_db_jwt=x`;
    const answer = await open({ cookie, accept: "text/html" });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("5");
    expect(answer.headers.has("set-cookie")).toBe(false);
    expect(await answer.text()).toContain("Clerk cannot be reached.");
  }, 10_000);

  test("a handshake ends within the timeout", async () => {
    const answer = await open({ cookie: `__clerk_handshake=${token()}; __clerk_db_jwt=x`, accept: "text/html" });
    expect(answer.status).toBe(503);
  }, 15_000);

  test("a page for a visitor without a session is served", async () => {
    const answer = await open({ cookie: "__clerk_db_jwt=x" });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors");
  });
});
