import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import { createRollcall } from "@rollcall/sync";
import { pgDatabase } from "@rollcall/sync/pg";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { type HostFolder, openHostFolder } from "./host.ts";

let clerk: Emulator;
let database: TestDatabase;
let host: HostFolder;
let sql: pg.Pool;

// A handler as a host writes it. Its other service is a table: it takes SLOW_MS, and fails while there is a row in `away`.
const ROLLCALL = `import { setTimeout as pause } from "node:timers/promises";
import { createRollcall } from "@rollcall/sync";
import { pgDatabase } from "@rollcall/sync/pg";
import pg from "pg";

const { DATABASE_URL, CLERK_SECRET_KEY = "", CLERK_API_URL, SLOW_MS = "0" } = process.env;
declare global { var pool: pg.Pool | undefined }
const pool: pg.Pool = (globalThis.pool ??= new pg.Pool({ connectionString: DATABASE_URL }));
export const rollcall = createRollcall({
  db: pgDatabase(pool),
  connectionString: DATABASE_URL,
  clerk: { secretKey: CLERK_SECRET_KEY, apiUrl: CLERK_API_URL },
  effects: {
    "user.created": async ({ key }) => {
      if ((await pool.query("select from away")).rows.length > 0) throw new Error("the other service is away");
      await pause(Number(SLOW_MS));
      await pool.query("insert into mails (key) values ($1)", [key]);
    },
  },
  afterAnswer: () => ({ after: () => { throw new Error("\`after\` was called outside a request scope"); } }),
});
`;

beforeAll(async () => {
  clerk = await startEmulator({ users: 3 });
  database = await createTestDatabase();
  sql = new pg.Pool({ connectionString: database.url });
  await sql.query("create table mails (key text not null); create table away ()");
  host = await openHostFolder({
    "package.json": "{}",
    ".env": `DATABASE_URL="${database.url}"\nCLERK_SECRET_KEY=${clerk.secretKey}\nCLERK_API_URL=${clerk.url}\n`,
    "rollcall.ts": ROLLCALL,
  });
  await host.rollcall(["sync"]); // registers the handler
});
beforeEach(async () => {
  await sql.query(`truncate mails, away, rollcall."SyncEffect"`);
});
afterAll(async () => {
  await sql.end();
  await host[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  await clerk.stop();
});

const made = z.object({ userIds: z.array(z.string()) });

const control = (method: string, path: string, body?: object) =>
  fetch(`${clerk.url}/__control/${path}`, {
    method,
    ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
const signUp = async (count: number) => made.parse(await (await control("POST", "users", { count })).json()).userIds;
const mails = async () =>
  (await sql.query<{ key: string }>("select key from mails order by key")).rows.map(({ key }) => key);
const keysOf = (ids: string[]) => ids.map((id) => expect.stringMatching(`^user\\.created:${id}:\\d+$`));
const outbox = (count: number, columns = "") =>
  sql.query(
    `insert into rollcall."SyncEffect" (type, "userId", version, "occurredAt", "runAt"${columns && ', attempts, "deadAt", "lastError"'})
     select 'user.created', 'user_' || lpad(n::text, 3, '0'), 1, now(), now()${columns} from generate_series(1, ${count}) n`,
  );
const DEAD = ", 20, now(), 'Error: no such template'";

describe("a process that ends does not cut off a handler", () => {
  test.each<[string, (id: string) => string[]]>([
    ["sync", () => ["sync"]],
    ["sync-user", (id) => ["sync-user", id]],
  ])("%s", async (_, command) => {
    const ids = (await signUp(1)).toSorted();
    expect(await host.npx(command(ids[0] ?? ""), { SLOW_MS: "1500" })).toMatchObject({ code: 0 });
    expect(await mails()).toEqual(keysOf(ids));
  });

  test("a dry run delivers nothing", async () => {
    await outbox(1);
    await host.rollcall(["sync", "--dry-run"]);
    expect((await sql.query(`select attempts from rollcall."SyncEffect"`)).rows).toEqual([{ attempts: 0 }]);
  });
});

test("a worker delivers what others left and what they add, also while a run waits for Clerk", async () => {
  const [id = ""] = await signUp(1);
  await host.rollcall(["sync-user", id]);
  const addEffect = () => sql.query(`update rollcall."SyncEffect" set version = version + 1, "runAt" = now()`);
  await sql.query("truncate mails");
  await addEffect();
  const { secretKey, url: apiUrl } = clerk;
  const { runs } = createRollcall({ db: pgDatabase(sql), clerk: { secretKey, apiUrl } });
  const { runId } = await runs.start({ startedBy: "test" });
  await control("POST", "faults", { status: 503, path: "/v1/users" });
  const worker = host.start(["worker"]);
  try {
    await expect.poll(mails, { timeout: 30_000 }).toEqual(keysOf([id]));
    await addEffect();
    await expect.poll(mails, { timeout: 30_000 }).toEqual(keysOf([id, id]));
    expect((await runs.active())?.report).toMatchObject({ runId, state: "planned" });
  } finally {
    worker.kill("SIGTERM");
    await expect.poll(() => worker.exitCode, { timeout: 30_000 }).toBe(0);
    await control("DELETE", "faults");
    await runs.cancel(runId);
  }
});

describe("effects", () => {
  const listed = z.object({
    types: z.array(z.object({ type: z.string(), since: z.iso.datetime() })),
    pending: z.number(),
    dead: z.number(),
    items: z.array(z.object({ key: z.string(), attempts: z.number(), lastError: z.string().nullable() })),
    more: z.number(),
  });

  test("lists the types with their start, the counts and the pending effects, and says how many more there are", async () => {
    await outbox(52);
    const { code, stdout } = await host.rollcall(["effects"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^user\.created handled since 20\d\d-\S+Z\nPending: 52, due since 20\d\d-\S+Z\. Dead: 0\.\n/,
    );
    expect(stdout).toContain("\n  user.created:user_001:1, due 20");
    expect(stdout).toMatch(/user_050:1, .*\n {2}… and 2 more\n$/);
    const json = await host.rollcall(["effects", "--json"]);
    const { items, ...sums } = listed.parse(JSON.parse(json.stdout));
    expect({ ...sums, items: items.length }).toMatchObject({ pending: 52, dead: 0, items: 50, more: 2 });
    expect(await mails()).toEqual([]); // to look delivers nothing
  });

  test("--dead lists what failed for a day, with the reason, and names the next command", async () => {
    await outbox(2, DEAD);
    expect((await host.rollcall(["effects"])).stdout).toContain("npx rollcall effects --dead");
    const { code, stdout } = await host.rollcall(["effects", "--dead"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/user_001:1, dead since 20\S+Z, attempts: 20, Error: no such template\n/);
    expect(stdout).toContain("To try them again: npx rollcall effects --retry");
  });

  test("--retry tries failed effects again in this process: one user's, then all; 1 if some fail again", async () => {
    const [ann = "", bob = ""] = await signUp(2);
    for (const id of [ann, bob]) await host.rollcall(["sync-user", id]);
    await sql.query(
      `truncate mails; update rollcall."SyncEffect" set "doneVersion" = null, attempts = 20, "deadAt" = now()`,
    );
    const one = await host.rollcall(["effects", "--retry", "--type", "user.created", "--user", ann, "--json"]);
    expect({ ...one, stdout: JSON.parse(one.stdout) }).toMatchObject({
      code: 0,
      stdout: { retried: 1, delivered: 1, failed: 0 },
    });
    expect(await mails()).toEqual(keysOf([ann]));
    await sql.query("insert into away default values");
    expect(await host.rollcall(["effects", "--retry"])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("delivered 0, failed 1"),
    });
    expect((await host.rollcall(["effects"])).stdout).toContain("Error: the other service is away");
    await sql.query("truncate away");
    expect(await host.rollcall(["effects", "--retry"])).toMatchObject({ code: 0 });
    expect(await mails()).toEqual(keysOf([ann, bob].toSorted()));
    expect((await host.rollcall(["effects", "--retry"])).stdout).toBe("Nothing to do: no effect has failed.\n");
  });

  test("--forget drops what was not delivered, until a process that handles the type starts", async () => {
    await outbox(3);
    expect(await host.rollcall(["effects", "--forget", "user.created"])).toMatchObject({
      code: 0,
      stdout: "Done. user.created is forgotten. Effects dropped: 3.\n",
    });
    expect((await host.rollcall(["effects"])).stdout).toContain("No process with handlers has started yet");
    await host.rollcall(["sync"]);
    expect((await host.rollcall(["effects"])).stdout).toContain("user.created handled since");
  });

  test.each([
    [["--dead", "--retry"], /exclude each other/],
    [["--user", "user_A"], /go with --retry/],
    [["--retry", "--type", "user.renamed"], /--type takes user\.created, user\.updated, user\.deleted/],
    [["--forget", "everything"], /--forget takes user\.created/],
    [["--nope"], /--nope/],
  ])("%j is refused with exit code 2", async (args, message) => {
    expect(await host.rollcall(["effects", ...args])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(message),
    });
  });
});
