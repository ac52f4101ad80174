import { appendFile, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { verifyToken } from "@clerk/backend";
import { expect, test } from "vitest";
import { signedIn, startClerk } from "./clerk.ts";

async function temporaryDirectory() {
  const directory = await mkdtemp(path.join(tmpdir(), "clerk-emulator-"));
  return {
    directory,
    journal: path.join(directory, "journal.jsonl"),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  };
}

test("instance, keys, users, passwords and sessions survive a restart", async () => {
  await using data = await temporaryDirectory();
  const first = await startClerk({ dataDirectory: data.directory, users: 20 });
  const user = await first.sdk.users.createUser({ emailAddress: ["kept@example.com"], password: "kept and safe" });
  await first.sdk.users.updateUser(first.memberUserId, { firstName: "Line\u2028\n\u2029break" });
  await first.sdk.users.deleteUser(first.adminUserId);
  const { token, sessionId } = signedIn.parse((await first.control("POST", "/sign-in", { userId: user.id })).body);
  const list = (await first.api("GET", "/users?limit=500")).body;
  await first.stop();

  await using second = await startClerk({ dataDirectory: data.directory, users: 500 });
  for (const key of ["instanceId", "secretKey", "publishableKey", "webhookSigningSecret", "memberUserId"] as const) {
    expect(second[key]).toBe(first[key]);
  }
  expect((await second.api("GET", "/users?limit=500")).body).toEqual(list);
  expect((await second.sdk.users.verifyPassword({ userId: user.id, password: "kept and safe" })).verified).toBe(true);
  expect((await second.sdk.sessions.getSession(sessionId)).userId).toBe(user.id);
  const payload = await verifyToken(token, { secretKey: second.secretKey, apiUrl: second.url });
  expect(payload.sub).toBe(user.id);
  await expect(second.sdk.users.getUser(first.adminUserId)).rejects.toMatchObject({ status: 404 });
});

test("only the changed password is right, even after a restart", async () => {
  await using data = await temporaryDirectory();
  const first = await startClerk({ dataDirectory: data.directory });
  await first.sdk.users.updateUser(first.memberUserId, { password: "a new password" });
  await first.stop();
  await using second = await startClerk({ dataDirectory: data.directory });
  const check = (password: string) => second.sdk.users.verifyPassword({ userId: second.memberUserId, password });
  expect((await check("a new password")).verified).toBe(true);
  await expect(check(second.seedPassword)).rejects.toMatchObject({ status: 422 });
});

test("an incomplete last line loses only that line", async () => {
  await using data = await temporaryDirectory();
  const first = await startClerk({ dataDirectory: data.directory });
  await first.sdk.users.createUser({ username: "whole" });
  await first.sdk.users.createUser({ username: "cut" });
  await first.stop();
  const { length } = await readFile(data.journal);
  await truncate(data.journal, length - 40);

  const second = await startClerk({ dataDirectory: data.directory });
  expect((await second.sdk.users.getUserList({ username: ["whole", "cut"] })).data).toHaveLength(1);
  await second.sdk.users.createUser({ username: "after" });
  await second.stop();

  await using third = await startClerk({ dataDirectory: data.directory });
  expect((await third.sdk.users.getUserList({ username: ["whole", "after"] })).data).toHaveLength(2);
});

test("a journal with an unknown line in the middle is an error", async () => {
  await using data = await temporaryDirectory();
  await (await startClerk({ dataDirectory: data.directory })).stop();
  const journal = await readFile(data.journal, "utf8");
  const lines = journal.split("\n").length;
  await appendFile(data.journal, '{"kind":"us\n{"kind":"user_deleted","id":"user_1"}\n');
  await expect(startClerk({ dataDirectory: data.directory })).rejects.toMatchObject({
    code: "JOURNAL_UNREADABLE",
    message: expect.stringContaining(`Line ${lines} of ${data.journal}`),
  });
  await writeFile(data.journal, `${journal}{"kind":"something new"}\n`);
  await expect(startClerk({ dataDirectory: data.directory })).rejects.toMatchObject({ code: "JOURNAL_UNREADABLE" });
});

test("an emulator whose data a later one took over reports it instead of losing changes", async () => {
  await using data = await temporaryDirectory();
  await using first = await startClerk({ dataDirectory: data.directory });
  await using second = await startClerk({ dataDirectory: data.directory });
  expect(await first.api("PATCH", `/users/${first.memberUserId}`, { first_name: "Lost" })).toMatchObject({
    status: 500,
    body: { errors: [{ long_message: expect.stringContaining("belongs to an emulator that was started later") }] },
  });
  expect((await second.sdk.users.updateUser(second.memberUserId, { firstName: "Kept" })).firstName).toBe("Kept");
});

test("the journal is compacted when the emulator starts", async () => {
  await using data = await temporaryDirectory();
  const first = await startClerk({ dataDirectory: data.directory });
  const short = (await readFile(data.journal)).length;
  for (let turn = 0; turn < 50; turn += 1)
    await first.sdk.users.updateUser(first.memberUserId, { firstName: "Xavier" });
  await first.stop();
  expect((await readFile(data.journal)).length).toBeGreaterThan(short + 10_000);
  await (await startClerk({ dataDirectory: data.directory })).stop();
  expect((await readFile(data.journal)).length).toBeLessThan(short + 100);
});
