import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type Postgres, startPostgres } from "@rollcall/dev-stack";
import { deepTest } from "@rollcall/dev-stack/testing/deep-test";
import { programFile } from "@rollcall/dev-stack/testing/program-file";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBinaries } from "../src/postgres/binaries.ts";
import { dataArgument } from "../src/postgres/data-directory.ts";
import { firstFreePort } from "../src/process/free-port.ts";
import { inspectProcess } from "../src/process/inspect-process.ts";
import { query } from "./database.ts";
import { run } from "./program.ts";
import { createTemporaryFolder } from "./temporary-folder.ts";

const binaries = findBinaries();
const { runAs } = binaries;

const start = (dataDirectory: string, port = 0) => startPostgres({ dataDirectory, port, durable: false });
const dataIn = (folder: { path: string }) => path.join(folder.path, "data");
const serverOf = (data: string) => Number(readFileSync(path.join(data, "postmaster.pid"), "utf8").split("\n")[0]);
const ask = (postgres: Postgres, sql: string) => query(postgres.url("postgres"), sql);

let template: Awaited<ReturnType<typeof createTemporaryFolder>>;
beforeAll(async () => {
  template = await createTemporaryFolder();
  await (await start(dataIn(template))).stop();
});
afterAll(() => template[Symbol.asyncDispose]());

/** A folder with a database in it, copied: to create one takes `initdb` two seconds of CPU time. */
async function createFolderWithData(...names: string[]) {
  const folder = await createTemporaryFolder();
  for (const name of names.length > 0 ? names : ["data"]) {
    await promisify(execFile)("cp", ["-Rp", dataIn(template), path.join(folder.path, name)]);
  }
  return folder;
}

/** Why no server answers there; undefined if one does. */
const refusal = (host: string, port: number) =>
  new Promise<string | undefined>((resolve) => {
    const socket = connect(port, host, () => resolve(undefined));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code)).once("connect", () => socket.destroy());
  });

test("a fresh start answers in UTC, only at 127.0.0.1", async () => {
  await using folder = await createTemporaryFolder();
  await using postgres = await start(dataIn(folder));
  expect(await ask(postgres, "SHOW timezone")).toEqual(["UTC"]);

  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address, scopeid }) => address !== "127.0.0.1" && !scopeid)
    .map(({ address }) => address);
  expect(await refusal("127.0.0.1", postgres.port)).toBeUndefined();
  for (const address of others) expect(await refusal(address, postgres.port), address).toBe("ECONNREFUSED");
  expect(await ask(postgres, "SHOW listen_addresses")).toEqual(["127.0.0.1"]);
});

test("a second start finds the data of the first", async () => {
  await using folder = await createFolderWithData();
  const options = { dataDirectory: dataIn(folder), port: 0, durable: true };
  {
    await using first = await startPostgres(options);
    await ask(first, "CREATE TABLE kept AS SELECT 'from the first' AS value");
  }
  await using second = await startPostgres(options);
  expect(await ask(second, "SELECT value FROM kept")).toEqual(["from the first"]);
  expect(await ask(second, "SHOW fsync")).toEqual(["on"]);
});

test("the server of a killed launcher is stopped, and the next start gets its data", async () => {
  await using folder = await createFolderWithData();
  const data = dataIn(folder);
  await using launcher = run([programFile("start-postgres"), data]);
  const { URL: url } = await launcher.ready;
  await query(url, "CREATE TABLE kept AS SELECT 'of the killed' AS value");
  const orphan = serverOf(data);
  launcher.kill("SIGKILL");
  await launcher.ended;
  expect(inspectProcess(orphan)).toBeDefined();

  await using next = await start(data);
  expect(inspectProcess(orphan)).toBeUndefined();
  expect(await ask(next, "SELECT value FROM kept")).toEqual(["of the killed"]);
});

deepTest("a server that was killed under an open session starts again with all committed data", async () => {
  await using folder = await createFolderWithData();
  const options = { dataDirectory: dataIn(folder), port: 0, durable: true };
  await using killed = await startPostgres(options);
  const session = new pg.Client(killed.url("postgres"));
  session.on("error", () => {}); // it is cut off
  await session.connect();
  await session.query("CREATE TABLE kept AS SELECT 'committed' AS value");
  process.kill(serverOf(dataIn(folder)), "SIGKILL");
  await killed.exited;

  await using next = await startPostgres(options);
  expect(await ask(next, "SELECT value FROM kept")).toEqual(["committed"]);
});

deepTest("a stale postmaster.pid is removed, and the program that now has its process id keeps running", async () => {
  await using folder = await createFolderWithData();
  const data = dataIn(folder);
  // Of the server's own user: PostgreSQL itself would take this process for a server.
  const bystander = spawn("cat", { ...runAs, cwd: "/", stdio: ["pipe", "ignore", "ignore"] });
  try {
    await once(bystander, "spawn");
    writeFileSync(path.join(data, "postmaster.pid"), `${bystander.pid}\n${data}\n1700000000\n5433\n\n127.0.0.1\n`);
    await using postgres = await start(data);
    expect(await ask(postgres, "SELECT 1")).toEqual([1]);
    expect(serverOf(data)).not.toBe(bystander.pid);
    expect(bystander).toMatchObject({ exitCode: null, signalCode: null });
  } finally {
    bystander.kill();
  }
});

deepTest("if the port is taken, a later one is used", async () => {
  await using folder = await createFolderWithData("one", "other");
  await using one = await start(path.join(folder.path, "one"));
  await using other = await start(path.join(folder.path, "other"), one.port);
  expect(other.port).toBeGreaterThan(one.port);
  expect(await ask(other, "SHOW port")).toEqual([String(other.port)]);
});

test("data of a running launcher is refused, and the message names the launcher", async () => {
  await using folder = await createFolderWithData();
  await using first = await start(dataIn(folder));
  await expect(start(dataIn(folder))).rejects.toMatchObject({
    name: "PostgresError",
    code: "DATA_IN_USE",
    message: expect.stringContaining(`process ${process.pid} runs it on port ${first.port}. Stop that one first`),
  });
  expect(await ask(first, "SELECT 1")).toEqual([1]);
});

deepTest("data of someone else's PostgreSQL is refused", async () => {
  await using folder = await createFolderWithData();
  const data = dataIn(folder);
  const port = await firstFreePort(0);
  const options = ["-D", dataArgument(data, binaries), "-p", String(port), "-c", "unix_socket_directories="];
  const byHand = spawn(binaries.postgres, options, { ...runAs, cwd: data, stdio: "ignore" });
  const exited = once(byHand, "exit");
  try {
    await expect.poll(() => refusal("127.0.0.1", port), { timeout: 30_000 }).toBeUndefined();
    await expect(start(data)).rejects.toMatchObject({ code: "DATA_IN_USE", message: expect.stringContaining(data) });
    expect(serverOf(data)).toBe(byHand.pid);
  } finally {
    byHand.kill("SIGINT");
    await exited;
  }
});

deepTest("of two simultaneous starts on fresh data, one gets it, and the other gets an error", async () => {
  await using folder = await createTemporaryFolder();
  const starts = await Promise.allSettled([start(dataIn(folder)), start(dataIn(folder))]);
  try {
    expect(starts.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(starts.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "DATA_IN_USE" } });
  } finally {
    for (const started of starts) if (started.status === "fulfilled") await started.value.stop();
  }
});

test("a folder with other files is not changed", async () => {
  await using folder = await createTemporaryFolder();
  const data = dataIn(folder);
  mkdirSync(data);
  writeFileSync(path.join(data, "notes.txt"), "mine");
  await expect(start(data)).rejects.toMatchObject({ code: "INIT_FAILED", message: expect.stringContaining(data) });
  expect(readFileSync(path.join(data, "notes.txt"), "utf8")).toBe("mine");
});

test("a server that cannot start says why", async () => {
  await using folder = await createFolderWithData();
  const settings = { shared_buffers: "plenty" };
  await expect(
    startPostgres({ dataDirectory: dataIn(folder), port: 0, durable: false, settings }),
  ).rejects.toMatchObject({
    code: "START_FAILED",
    message: expect.stringContaining('invalid value for parameter "shared_buffers": "plenty"'),
  });
});

deepTest("root can have its data below a folder that others cannot enter", async ({ skip }) => {
  if (!runAs) return skip("only root starts PostgreSQL as another user");
  await using folder = await createTemporaryFolder();
  const visitor = spawn("ls", [folder.path], { ...runAs, cwd: "/", stdio: "ignore" });
  expect(await once(visitor, "exit")).not.toEqual([0, null]);

  await using postgres = await start(path.join(folder.path, "deep", "data"));
  expect(await ask(postgres, "SELECT 1")).toEqual([1]);
});

deepTest("data that another user created is refused", async ({ skip }) => {
  if (!runAs) return skip("only root can give data to another user");
  await using folder = await createFolderWithData();
  const data = dataIn(folder);
  chownSync(data, runAs.uid - 1, runAs.gid);
  await expect(start(data)).rejects.toMatchObject({
    code: "DATA_OF_ANOTHER_USER",
    message: expect.stringContaining(`${data} belongs to another user`),
  });
});
