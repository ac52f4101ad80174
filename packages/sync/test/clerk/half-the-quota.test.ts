import { describe, expect, test } from "vitest";
import { createClerkApi } from "../../src/clerk/clerk-api.ts";
import { halfTheQuota } from "../../src/clerk/half-the-quota.ts";
import { openMirror } from "../runs/mirror.ts";
import { answering } from "./answering.ts";

/** How many of the times (ms) are in the fullest half second: less than the second that the limit counts by. */
const mostAtOnce = (moments: number[]): number =>
  Math.max(...moments.map((from) => moments.filter((at) => at >= from && at < from + 500).length));

describe("a run leaves the application half of Clerk's quota", () => {
  test.each([
    ["a development key", "sk_test_key", 12, 5],
    ["a production key", "sk_live_key", 120, 50],
  ])("with %s", async (_, secretKey, count, most) => {
    const moments: number[] = [];
    await using clerk = await answering(async (_request, response) => {
      moments.push(performance.now());
      response.end("{}");
    });
    const api = halfTheQuota(createClerkApi({ secretKey, apiUrl: clerk.url }, { timeoutMs: 20_000 }), secretKey);
    await Promise.all(Array.from({ length: count }, () => api.get("/users", {})));
    expect(moments).toHaveLength(count);
    expect(mostAtOnce(moments)).toBeLessThanOrEqual(most);
    expect(api.calls()).toBe(count);
  });

  test("also when it asks about missing users, ten in parallel", async () => {
    await using mirror = await openMirror({ users: 100 });
    await mirror.run();
    await mirror.age(2);
    for (const { id } of (await mirror.listed()).slice(0, 15)) await mirror.control("DELETE", `/users/${id}`);
    const moments: number[] = [];
    await using clerk = await answering(async ({ url = "" }, response) => {
      moments.push(performance.now());
      const answer = await fetch(new URL(url, mirror.clerk.url), {
        headers: { authorization: `Bearer ${mirror.clerk.secretKey}` },
      });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    });
    const { report } = await mirror.run({}, { apiUrl: clerk.url, secretKey: "sk_test_key" });
    expect(report).toMatchObject({ state: "done", missing: 15, tombstoned: 15 });
    expect(mostAtOnce(moments)).toBeLessThanOrEqual(5);
  });
});
