import { expect, test } from "vitest";
import { z } from "zod";
import { startClerk } from "./clerk.ts";

type Clerk = Awaited<ReturnType<typeof startClerk>>;

const everyone = async (clerk: Clerk) =>
  (await clerk.sdk.users.getUserList({ limit: 500, orderBy: "+created_at" })).data;

test("two instances with one id get the same seed, two others share no user id", async () => {
  await using one = await startClerk({ instanceId: "ins_same" });
  await using other = await startClerk({ instanceId: "ins_same" });
  await using stranger = await startClerk();
  expect((await one.api("GET", "/users?limit=500")).body).toEqual((await other.api("GET", "/users?limit=500")).body);
  const known = new Set((await everyone(one)).map(({ id }) => id));
  expect((await everyone(stranger)).filter(({ id }) => known.has(id))).toEqual([]);
});

test("the first two are the admin and the member, with the password of all", async () => {
  await using clerk = await startClerk();
  const [admin, member, third] = await everyone(clerk);
  expect(admin).toMatchObject({ id: clerk.adminUserId, publicMetadata: { role: "admin" } });
  expect(admin?.primaryEmailAddress).toMatchObject({
    emailAddress: "admin@example.com",
    verification: { status: "verified" },
  });
  expect(member).toMatchObject({ id: clerk.memberUserId, publicMetadata: {} });
  expect(member?.primaryEmailAddress?.emailAddress).toBe("member@example.com");
  for (const user of [admin, member, third]) {
    const check = { userId: user?.id ?? "", password: clerk.seedPassword };
    expect((await clerk.sdk.users.verifyPassword(check)).verified).toBe(true);
  }
});

test("the awkward users exist", async () => {
  await using clerk = await startClerk();
  const users = await everyone(clerk);
  const withoutEmail = users.filter(({ emailAddresses }) => emailAddresses.length === 0);
  expect(withoutEmail.map(({ username, phoneNumbers }) => [username, phoneNumbers.length])).toEqual([
    ["no_email_at_all", 0],
    [null, 1],
  ]);
  const petra = users.find(({ firstName }) => firstName === "Petra");
  expect(petra?.primaryEmailAddressId).toBe(petra?.emailAddresses[1]?.id);
  expect(users.filter(({ primaryEmailAddress: email }) => email?.verification?.status === "unverified")).toHaveLength(
    1,
  );
  expect(users.filter(({ primaryEmailAddress: email }) => email && email.verification === null)).toHaveLength(1);
  expect(users.some(({ firstName, lastName }) => `${firstName} ${lastName}`.length > 256)).toBe(true);
  expect(users.some(({ firstName }) => /\p{Script=Han}/u.test(firstName ?? ""))).toBe(true);
  expect(users.some(({ firstName }) => /\p{Script=Arabic}/u.test(firstName ?? ""))).toBe(true);
  expect(users.some(({ firstName }) => /\p{Extended_Pictographic}/u.test(firstName ?? ""))).toBe(true);
  expect(users.filter(({ banned }) => banned)).toHaveLength(1);
  await expect(clerk.sdk.users.getUser(clerk.deletedUserId)).rejects.toMatchObject({ status: 404 });
});

test("users were created and changed over a long time in the past, some in one millisecond", async () => {
  await using clerk = await startClerk({ users: 1200 });
  const times = z.array(z.object({ created_at: z.number(), updated_at: z.number() }));
  const users = [0, 500, 1000].map(async (offset) =>
    times.parse((await clerk.api("GET", `/users?limit=500&offset=${offset}`)).body),
  );
  const all = (await Promise.all(users)).flat();
  const created = all.map(({ created_at }) => created_at);
  expect(all).toHaveLength(1200);
  expect(new Set(created).size).toBe(1200 - 11);
  expect(new Set(all.map(({ updated_at }) => updated_at)).size).toBeGreaterThan(1100);
  expect(Math.max(...created) - Math.min(...created)).toBeGreaterThan(365 * 24 * 3600 * 1000);
  for (const { created_at, updated_at } of all) {
    expect(updated_at).toBeGreaterThanOrEqual(created_at);
    expect(updated_at).toBeLessThan(Date.now());
  }
});

test("no two seeded users have the same verified address", async () => {
  await using clerk = await startClerk({ users: 2000 });
  const seen = new Set<string>();
  for (let offset = 0; offset < 2000; offset += 500) {
    const { data } = await clerk.sdk.users.getUserList({ limit: 500, offset });
    for (const { emailAddress } of data.flatMap(({ emailAddresses }) => emailAddresses)) {
      expect(seen.has(emailAddress)).toBe(false);
      seen.add(emailAddress);
    }
  }
  expect(seen.size).toBe(1999);
});
