import type { RequestListener, ServerResponse } from "node:http";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClerkRefusal, createClerkApi } from "../../src/clerk/clerk-api.ts";
import { SyncError } from "../../src/index.ts";
import { answering } from "./answering.ts";

const KEY = "sk_test_aVerySecretKey";

const api = (apiUrl: string, secretKey = KEY, timeoutMs = 5_000) =>
  createClerkApi({ secretKey, apiUrl }, { timeoutMs });

function answer(response: ServerResponse, status: number, body: unknown = {}, headers: Record<string, string> = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}

const errors = (code: string) => ({ errors: [{ code, message: "no", long_message: "no" }] });

/** The caller's error for this answer of Clerk. */
async function failure(listener: RequestListener, timeoutMs?: number): Promise<unknown> {
  await using clerk = await answering(listener);
  return await api(clerk.url, KEY, timeoutMs)
    .get("/users", {})
    .catch((error: unknown) => error);
}

describe("a request to Clerk", () => {
  test("carries the key, the version of the API, and the parameters that have a value", async () => {
    const asked: { url?: string; authorization?: string; version?: unknown }[] = [];
    await using clerk = await answering(({ url, headers }, response) => {
      const { authorization, "clerk-api-version": version } = headers;
      asked.push({ ...(url && { url }), ...(authorization && { authorization }), version });
      answer(response, 200, []);
    });
    await api(clerk.url).get("/users", { order_by: "+created_at", limit: 500, offset: 0, starting_after: undefined });
    expect(asked).toEqual([
      {
        url: "/v1/users?order_by=%2Bcreated_at&limit=500&offset=0",
        authorization: `Bearer ${KEY}`,
        version: "2026-05-12",
      },
    ]);
  });

  test("returns Clerk's body, and a moment at which it is true: not later than the response's date", async () => {
    const date = new Date(Date.UTC(2026, 0, 1, 12));
    await using clerk = await answering((_, response) =>
      answer(response, 200, { id: 1 }, { date: date.toUTCString() }),
    );
    const answered = await api(clerk.url).get("/users/user_Ann", {});
    expect(answered).toMatchObject({ found: true, body: { id: 1 } });
    expect(answered.at?.getTime()).toBeLessThan(date.getTime());
  });

  test("returns no moment if the response has no date", async () => {
    await using clerk = await answering((_, response) => {
      response.sendDate = false;
      answer(response, 200, {});
    });
    expect(await api(clerk.url).get("/users", {})).toEqual({ found: true, body: {}, at: null });
  });

  test("returns the second of Clerk's 404", async () => {
    const at = new Date(Date.UTC(2026, 0, 1, 12));
    await using clerk = await answering((_, response) =>
      answer(response, 404, errors("resource_not_found"), { date: at.toUTCString() }),
    );
    expect(await api(clerk.url).get("/users/user_Ann", {})).toEqual({ found: false, at });
  });

  test("returns a 404 without a time if the response has no date", async () => {
    await using clerk = await answering((_, response) => {
      response.sendDate = false;
      answer(response, 404, errors("resource_not_found"));
    });
    expect(await api(clerk.url).get("/users/user_Ann", {})).toEqual({ found: false, at: null });
  });

  test("is counted, even if it fails", async () => {
    await using clerk = await answering(({ url }, response) => answer(response, url === "/v1/a" ? 200 : 500));
    const asking = api(clerk.url);
    await asking.get("/a", {});
    await asking.get("/b", {}).catch(() => {});
    expect(asking.calls()).toBe(2);
  });
});

describe("an error at Clerk has its own code:", () => {
  test.each<[string, RequestListener, string]>([
    ["a key that it does not know", (_, r) => answer(r, 401, errors("clerk_key_invalid")), "CLERK_UNAUTHORIZED"],
    ["a key without the right", (_, r) => answer(r, 403, errors("forbidden")), "CLERK_UNAUTHORIZED"],
    ["a quota that is used up", (_, r) => answer(r, 429, {}, { "retry-after": "7" }), "CLERK_RATE_LIMITED"],
    ["an internal error", (_, r) => answer(r, 500), "CLERK_ERROR"],
    ["a gateway in front of it", (_, r) => answer(r, 502, "<html>"), "CLERK_ERROR"],
    ["an answer that is not JSON", (_, r) => answer(r, 200, "<html>"), "CLERK_ERROR"],
    ["an empty answer", (_, r) => answer(r, 200, ""), "CLERK_ERROR"],
    ["a connection that is reset", (request) => request.socket.resetAndDestroy(), "CLERK_UNREACHABLE"],
    [
      "an answer that is cut short",
      (_, r) => {
        r.writeHead(200, { "content-type": "application/json", "content-length": "100" });
        r.write("[");
        r.socket?.end();
      },
      "CLERK_UNREACHABLE",
    ],
    ["an answer that redirects", (_, r) => answer(r, 302, "", { location: "/v1/other" }), "CLERK_UNREACHABLE"],
  ])("%s", async (_, listener, code) => {
    const error = await failure(listener);
    expect(error).toBeInstanceOf(SyncError);
    expect(error).toMatchObject({ code });
    expect(error).not.toBeInstanceOf(ClerkRefusal);
  });

  test.each<[string, number, unknown]>([
    ["a cursor whose user is gone", 422, errors("form_param_value_invalid")],
    ["a request that it does not understand", 400, errors("bad_request")],
    ["a server that is not Clerk's API: its 404 is not about a user", 404, "<html>Not found</html>"],
    ["a 404 for something else than the requested resource", 404, errors("not_allowed_on_this_plan")],
    ["an empty 404", 404, ""],
  ])("%s is a refusal of this particular request", async (_, status, body) => {
    const error = await failure((_request, response) => answer(response, status, body));
    expect(error).toBeInstanceOf(ClerkRefusal);
    expect(error).toMatchObject({ code: "CLERK_ERROR", status });
  });

  test("an answer that does not start in time, and one that does not end in time", async () => {
    expect(await failure(() => {}, 100)).toMatchObject({ code: "CLERK_TIMEOUT" });
    const endless: RequestListener = (_, response) => {
      response.writeHead(200, { "content-type": "application/json" });
      response.write("[");
    };
    expect(await failure(endless, 100)).toMatchObject({ code: "CLERK_TIMEOUT" });
  });

  test("no server there", async () => {
    const { url } = await answering(() => {}).then(async (clerk) => {
      await clerk[Symbol.asyncDispose]();
      return clerk;
    });
    await expect(api(url).get("/users", {})).rejects.toMatchObject({ code: "CLERK_UNREACHABLE" });
  });

  test("a redirect is not followed: the key is sent nowhere else", async () => {
    const reached: string[] = [];
    await using elsewhere = await answering(({ headers }, response) => {
      reached.push(headers.authorization ?? "");
      answer(response, 200, []);
    });
    await failure((_, response) => answer(response, 307, "", { location: `${elsewhere.url}/v1/users` }));
    expect(reached).toEqual([]);
  });
});

describe("a used-up quota says when to retry:", () => {
  test.each([
    ["as Clerk says, in seconds", { "retry-after": "7" }, 7_000],
    ["in ten seconds if Clerk does not say", {}, 10_000],
    ["in ten seconds if Clerk says something else", { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }, 10_000],
    ["in ten seconds if Clerk says nonsense", { "retry-after": "-1" }, 10_000],
    ["in ten seconds if Clerk does not say a number", { "retry-after": "Infinity" }, 10_000],
    ["in a day if Clerk says longer", { "retry-after": "9".repeat(400) }, 24 * 60 * 60_000],
  ])("%s", async (_, headers: Record<string, string>, retryAfterMs) => {
    expect(await failure((_request, response) => answer(response, 429, {}, headers))).toMatchObject({ retryAfterMs });
  });
});

describe("the URL of Clerk's API", () => {
  test.each([
    "http://api.clerk.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com:80",
    "http://10.0.0.1",
    "ftp://localhost",
    "api.clerk.com",
    "",
    "javascript:alert(1)",
  ])("%j is refused: the key would be sent unencrypted, or nowhere", (apiUrl) => {
    expect(() => api(apiUrl)).toThrow(expect.objectContaining({ code: "NOT_CONFIGURED" }));
  });

  test.each([
    "https://api.clerk.com",
    "https://proxy.example.com",
    "http://localhost:4010",
    "http://127.0.0.1:1",
    "http://[::1]:4010",
  ])("%s is accepted", (apiUrl) => {
    expect(() => api(apiUrl)).not.toThrow();
  });

  test("is api.clerk.com by default", () => {
    expect(() => createClerkApi({ secretKey: KEY }, { timeoutMs: 1 })).not.toThrow();
  });
});

describe("no message contains the secret key:", () => {
  /** Everything that a log could show of an error. */
  function everythingOf(error: unknown): string {
    const parts: string[] = [];
    for (let at = error; at instanceof Error; at = at.cause) {
      parts.push(at.message, at.stack ?? "", JSON.stringify(at), at instanceof SyncError ? at.hint : "");
    }
    return parts.join("\n");
  }

  test.each<[string, RequestListener]>([
    ["refused", (_, r) => answer(r, 401)],
    ["used up", (_, r) => answer(r, 429)],
    ["broken", (_, r) => answer(r, 500)],
    ["no JSON, but the key itself", ({ headers }, r) => answer(r, 200, headers.authorization)],
    ["reset", (request) => request.socket.resetAndDestroy()],
  ])("%s", async (_, listener) => {
    expect(everythingOf(await failure(listener))).not.toContain(KEY);
  });

  test("a key that is not valid in a header, such as one copied with a line break or a curly quote", async () => {
    await using clerk = await answering((_, response) => answer(response, 200, []));
    const oddly = fc.tuple(fc.constantFrom("\n", "\r\n", "“", "\u0000", "é", "\u200b"), fc.nat(KEY.length));
    await fc.assert(
      fc.asyncProperty(oddly, async ([odd, place]) => {
        const error: unknown = await Promise.resolve()
          .then(() => api(clerk.url, `${KEY.slice(0, place)}${odd}${KEY.slice(place)}`).get("/users", {}))
          .catch((thrown: unknown) => thrown);
        if (!(error instanceof Error)) return; // spaces around a key are not part of it
        expect(error).toMatchObject({ code: "NOT_CONFIGURED", message: expect.stringContaining("CLERK_SECRET_KEY") });
        expect(everythingOf(error)).not.toContain(place > 8 ? KEY.slice(0, place) : KEY.slice(place));
      }),
      { numRuns: 50 },
    );
  });
});
