import { expect, test } from "vitest";
import { openQueue } from "../../src/runs/queue.ts";
import { openHost } from "../write-path/host.ts";
import { grantQueue, openRole } from "./role.ts";

test("processes that create the queue's tables at the same time take turns", async () => {
  await using host = await openHost();
  await host.sql.query("select rollcall_queue.delete_queue(name) from rollcall_queue.queue where name like 'slices%'");
  const gate = await host.sql.connect();
  await gate.query("begin");
  await gate.query("lock table rollcall_queue.queue in share mode");
  const opening = Promise.all([openQueue(host.url), openQueue(host.url)]);
  await host.untilBlocked(2);
  await gate.query("commit");
  gate.release();
  for (const queue of await opening) {
    expect(await queue.take()).toBeNull();
    await queue[Symbol.asyncDispose]();
  }
});

test("any number of processes may open the queue of a fresh database at the same time", async () => {
  await using host = await openHost({ queue: false });
  const queues = await Promise.all(Array.from({ length: 8 }, () => openQueue(host.url)));
  for (const queue of queues) await queue[Symbol.asyncDispose]();
});

test("a database user who may not create tables gets an error with the missing right", async () => {
  await using host = await openHost({ queue: false });
  await using guest = await openRole(host);
  const refusal = { code: "SCHEMA_MISMATCH", message: expect.stringContaining("GRANT CREATE ON DATABASE") };
  await expect(openQueue(guest.url)).rejects.toMatchObject(refusal);
  // PostgreSQL requires that right even if the schema exists.
  await host.sql.query("create schema rollcall_queue");
  await guest.grant("usage, create on schema rollcall_queue");
  await expect(openQueue(guest.url)).rejects.toMatchObject(refusal);
});

test("a user who may not create tables works with those that a migration created", async () => {
  await using host = await openHost();
  await using guest = await openRole(host);
  await grantQueue(guest);
  await using queue = await openQueue(guest.url);
  expect(await queue.take()).toBeNull();
});

test.each(["select", "insert", "update", "delete"])(
  "a user without the right to %s jobs gets an error when the queue is opened",
  async (right) => {
    await using host = await openHost();
    await using guest = await openRole(host);
    await grantQueue(guest);
    await guest.revoke(`${right} on rollcall_queue.job`);
    await expect(openQueue(guest.url)).rejects.toMatchObject({
      code: "SCHEMA_MISMATCH",
      message: expect.stringContaining(`${right.toUpperCase()} on job`),
    });
  },
);

test("a right that is revoked while the queue is open does not look like an empty queue", async () => {
  await using host = await openHost();
  await using guest = await openRole(host);
  await grantQueue(guest);
  await using queue = await openQueue(guest.url);
  expect(await queue.take()).toBeNull();
  await guest.revoke("update on rollcall_queue.job");
  await expect(queue.take()).rejects.toMatchObject({ name: "SyncError", code: "SCHEMA_MISMATCH" });
});

test("a database that is down is reported", async () => {
  await expect(openQueue("postgresql://nobody@127.0.0.1:1/nowhere")).rejects.toMatchObject({
    code: "DATABASE_UNREACHABLE",
  });
});
