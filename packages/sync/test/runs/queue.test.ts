import { expect, test } from "vitest";
import { openQueue } from "../../src/runs/queue.ts";
import { openHost } from "../write-path/host.ts";

test("processes that meet over the queue's tables, which are not there yet, make them in turn", async () => {
  await using host = await openHost();
  await (await openQueue(host.url))[Symbol.asyncDispose]();
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

test("any number of processes may open the queue of a fresh database at the same moment", async () => {
  await using host = await openHost();
  const queues = await Promise.all(Array.from({ length: 8 }, () => openQueue(host.url)));
  for (const queue of queues) await queue[Symbol.asyncDispose]();
});

test("a user of the database who may make no tables is told which right is missing", async () => {
  await using host = await openHost();
  const user = `guest_${Date.now()}`;
  await host.sql.query(`create role ${user} login`);
  const url = new URL(host.url);
  url.username = user;
  await expect(openQueue(url.href)).rejects.toMatchObject({
    code: "SCHEMA_MISMATCH",
    message: expect.stringContaining("GRANT CREATE ON DATABASE"),
  });
  await host.sql.query(`drop role ${user}`);
});

test("a database that is away is told of", async () => {
  await expect(openQueue("postgresql://nobody@127.0.0.1:1/nowhere")).rejects.toMatchObject({
    code: "DATABASE_UNREACHABLE",
  });
});
