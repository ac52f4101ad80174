import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { idList, startClerk } from "./clerk.ts";

const PAGE = 500;
/** Enough for four pages; in `pnpm test:deep` as many as a large directory has. */
const USERS = process.env.DEEP === "1" ? 100_000 : 2_000;
const user = z.array(z.object({ id: z.string(), created_at: z.number(), updated_at: z.number() }));
const total = z.object({ total_count: z.number() });

describe("a large directory", () => {
  let clerk: Awaited<ReturnType<typeof startClerk>>;
  beforeAll(async () => {
    clerk = await startClerk({ users: USERS });
  });
  afterAll(() => clerk.stop());

  const page = async (query: string) => user.parse((await clerk.api("GET", `/users?limit=${PAGE}&${query}`)).body);

  test.each(["%2Bcreated_at", "-created_at"])("is paged by cursor in the order %s, each user once", async (order) => {
    const seen: { id: string; created_at: number }[] = [];
    for (let cursor = ""; ; ) {
      const users = await page(`order_by=${order}&starting_after=${cursor}`);
      seen.push(...users);
      const last = users.at(-1);
      if (users.length < PAGE || !last) break;
      cursor = last.id;
    }
    expect(seen).toHaveLength(USERS);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(USERS);
    const times = seen.map(({ created_at }) => created_at);
    expect(times).toEqual(times.toSorted((a, b) => (order === "-created_at" ? b - a : a - b)));
  });

  test("is paged by offset in the order of the last change, each user once", async () => {
    const seen: { id: string; updated_at: number }[] = [];
    for (let offset = 0; offset < USERS; offset += PAGE) {
      seen.push(...(await page(`order_by=-updated_at&offset=${offset}`)));
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(USERS);
    const times = seen.map(({ updated_at }) => updated_at);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
  });

  test("is counted between two times, both excluded", async () => {
    const middle = (await page(`order_by=%2Bcreated_at&offset=${USERS / 2}`))[0]?.created_at ?? 0;
    const count = async (query: string) =>
      total.parse((await clerk.api("GET", `/users/count?${query}`)).body).total_count;
    const before = await count(`created_at_before=${middle}`);
    const after = await count(`created_at_after=${middle}`);
    const at = await count(`created_at_after=${middle - 1}&created_at_before=${middle + 1}`);
    expect(at).toBeGreaterThan(0);
    expect(before + at + after).toBe(USERS);
    const listed = await page(`order_by=%2Bcreated_at&created_at_after=${middle}`);
    expect(listed.every(({ created_at }) => created_at > middle)).toBe(true);
  });

  test("a cursor outside a time filter continues from its position", async () => {
    const [first, second] = await page("order_by=%2Bcreated_at");
    if (!first || !second) throw new Error("The directory is empty.");
    const next = await page(`order_by=%2Bcreated_at&starting_after=${first.id}&created_at_after=${first.created_at}`);
    expect(next[0]?.id).toBe(second.id);
  });

  test("a user who changes moves to the front of the last changes", async () => {
    await clerk.sdk.users.updateUser(clerk.memberUserId, { firstName: "Moved" });
    expect((await page("order_by=-updated_at"))[0]?.id).toBe(clerk.memberUserId);
    const again = await page(`order_by=-updated_at&created_at_before=${Date.now()}&offset=1`);
    expect(again.map(({ id }) => id)).not.toContain(clerk.memberUserId);
  });
});

test("users without a value are last in ascending order and first in descending order", async () => {
  await using clerk = await startClerk();
  const names = z.array(z.object({ username: z.string().nullable() }));
  const list = async (order: string) =>
    names.parse((await clerk.api("GET", `/users?limit=500&order_by=${order}`)).body).map(({ username }) => username);
  expect((await list("username"))[0]).toBe("no_email_at_all");
  expect((await list("-username")).at(-1)).toBe("no_email_at_all");
});

test("one control call creates many users", async () => {
  await using clerk = await startClerk({ users: 20 });
  const made = z
    .object({ total: z.number(), userIds: z.array(z.string()) })
    .parse((await clerk.control("POST", "/users", { count: USERS })).body);
  expect(made.total).toBe(USERS + 20);
  expect(new Set(made.userIds).size).toBe(USERS);
  const newest = idList.parse((await clerk.api("GET", "/users?limit=3")).body);
  expect(newest).toEqual(made.userIds.slice(-3).reverse());
  expect(await clerk.sdk.users.getCount()).toBe(USERS + 20);
});
