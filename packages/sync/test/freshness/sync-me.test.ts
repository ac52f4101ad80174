import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../src/index.ts";
import { type Instance, startInstance } from "../instance/start-instance.ts";
import { type Host, openHost } from "../write-path/host.ts";

let host: Host;
let instance: Instance;
let caller: Caller;
beforeAll(async () => {
  host = await openHost();
  instance = await startInstance(host.prisma);
});
beforeEach(async () => {
  await host.clear();
  await instance.endFaults();
  instance.restart();
  caller = { userId: await instance.newUser(), tokenIssuedAt: new Date(), userUpdatedAt: null, role: null };
  await instance.askedForUsers();
});
afterAll(async () => {
  await instance[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
});

const throttled = { code: "THROTTLED", retryAfterMs: expect.any(Number) };

describe("a user who asks to be synced", () => {
  test("in several processes together is requested from Clerk by only one of them", async () => {
    await instance.rollcall.syncUser(caller.userId);
    await instance.askedForUsers();
    const processes = Array.from({ length: 4 }, () => {
      instance.restart();
      return instance.rollcall;
    });
    const answers = await Promise.allSettled(processes.map(({ syncMe }) => syncMe(caller)));
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const answer of answers) if (answer.status === "rejected") expect(answer.reason).toMatchObject(throttled);
    expect(await instance.askedForUsers()).toBe(1);
  });

  test("waits ten seconds after a failure, too, in every process", async () => {
    await instance.rollcall.syncUser(caller.userId);
    await instance.askedForUsers();
    await instance.fail({ status: 500, path: "/v1/users" });
    await expect(instance.rollcall.syncMe(caller)).rejects.toMatchObject({ code: "CLERK_ERROR" });
    instance.restart();
    await expect(instance.rollcall.syncMe(caller)).rejects.toMatchObject(throttled);
    expect(await instance.askedForUsers()).toBe(1);
  });

  test("and has no row yet waits after a failure in the process that failed", async () => {
    await instance.fail({ status: 500, path: "/v1/users" });
    await expect(instance.rollcall.syncMe(caller)).rejects.toMatchObject({ code: "CLERK_ERROR" });
    await instance.endFaults();
    await expect(instance.rollcall.syncMe(caller)).rejects.toMatchObject(throttled);
    instance.restart();
    expect(await instance.rollcall.syncMe(caller)).toMatchObject({ outcome: "created" });
    instance.restart();
    await expect(instance.rollcall.syncMe(caller)).rejects.toMatchObject(throttled);
  });
});

describe("after Clerk's quota was used up", () => {
  test.each([
    ["syncUser", () => instance.rollcall.syncUser(instance.clerk.memberUserId)],
    ["syncMe", () => instance.rollcall.syncMe({ ...caller, userId: instance.clerk.memberUserId })],
  ])("%s that succeeds lets all requests ask Clerk again", async (_, byHand) => {
    await instance.fail({ status: 429, retryAfter: 86_400, path: "/v1/users" });
    expect(await instance.rollcall.ensureFresh(caller)).toMatchObject({ errorCode: "CLERK_RATE_LIMITED" });
    await instance.endFaults();
    expect(await instance.rollcall.ensureFresh(caller)).toMatchObject({ errorCode: "CLERK_RATE_LIMITED" });
    await byHand();
    expect(await instance.rollcall.ensureFresh(caller)).toMatchObject({ state: "fresh", source: "clerk" });
  });

  test("syncMe tells a user to wait for five minutes at most", async () => {
    await instance.fail({ status: 429, retryAfter: 86_400, path: "/v1/users" });
    await expect(instance.rollcall.syncMe(caller)).rejects.toMatchObject({ retryAfterMs: 5 * 60_000 });
  });
});
