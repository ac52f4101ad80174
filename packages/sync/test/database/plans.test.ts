import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { Queries, Snapshot } from "../../src/index.ts";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { atScale } from "../rounds.ts";
import { extraOf } from "../write-path/extra-columns.ts";
import { at, type Host, INSTANCE, openHost, snapshot } from "../write-path/host.ts";

const ROWS = atScale(100_000, 30_000);
const TABLES = ["User", "Customer", "ClerkUser"];

const FILL_EXTRA = `with shown as (
    update "User" set "first name" = name, username = id, phone = '+15555550100', "phoneVerified" = true,
      "externalId" = id, "clerkCreatedAt" = '2026-01-01', metadata = $2::jsonb, plan = 'pro', seats = 3,
      settings = '["a", {"b": 1}]', preferences = $3::jsonb
  )
  update rollcall."ClerkUser" set extra = $1::jsonb || jsonb_build_object('username', id)`;

/** Fills the tables with this many synced users. Without autovacuum, which would decide when statistics are taken. */
async function fill({ sql, mapping }: Host): Promise<void> {
  for (const table of ['"User"', '"Customer"', 'rollcall."ClerkUser"'])
    await sql.query(`alter table ${table} set (autovacuum_enabled = off)`);
  const moment = at(0).toISOString();
  await sql.query(
    `insert into "User" (id, email, "emailVerified", name, image)
     select 'user_' || n, n || '@example.com', $2::text::timestamp, n, 'https://img.example.com/user_' || n from generate_series(1, $1::int) n`,
    [ROWS, moment],
  );
  await sql.query(`insert into "Customer" ("authUserId", name) select id, name from "User"`);
  await sql.query(
    `insert into rollcall."ClerkUser" (id, "instanceId", email, "emailVerifiedAt", "emailSince", name, image, "createdAt", "updatedAt", "checkedAt", "syncedAt")
     select id, $1, email, $2::timestamptz, $2::timestamptz, name, image, $2::timestamptz, $2::timestamptz, $2::timestamptz, now() from "User"`,
    [INSTANCE, moment],
  );
  if (mapping === "extra columns") {
    const extra = extraOf("user_1", at(0));
    await sql.query(FILL_EXTRA, [extra, extra.publicMetadata, extra.unsafeMetadata]);
    await sql.query(`vacuum "User"`); // the rows before the update
  }
  // Filling reads whole tables, too. Until it is idle for a while, a session keeps such counts to itself.
  await sql.query("select pg_stat_force_next_flush()");
}

interface Sent {
  text: string;
  values: readonly unknown[];
}

/** The host's write path, which records every statement it sends. */
function recording({ db, tables }: Host) {
  const sent: Sent[] = [];
  const recorded = (queries: Queries): Queries => ({
    query: (text, values = []) => {
      sent.push({ text, values });
      return queries.query(text, values);
    },
  });
  const writePath = createWritePath(
    {
      ...recorded(db),
      transaction: (work, limits) => db.transaction((transaction) => work(recorded(transaction)), limits),
    },
    tables,
  );
  return { writePath, sent };
}

/** Every way to write this many users: unchanged, changed, new, each with another's address, previewed and deleted. */
async function writeAll({ writePath }: ReturnType<typeof recording>, size: number, round: number): Promise<void> {
  const first = (round * ROWS) / 10 + 1;
  const numbers = Array.from({ length: size }, (_, index) => first + index);
  const known = (n: number, differences: Partial<Snapshot> = {}) =>
    snapshot(`user_${n}`, { email: `${n}@example.com`, ...differences });
  await writePath.preview(numbers.map((n) => known(n)));
  await writePath.applySnapshots(numbers.map((n) => known(n)));
  await writePath.applySnapshots(numbers.map((n) => known(n, { name: "Renamed", updatedAt: at(1) })));
  await writePath.applySnapshots(numbers.map((n) => snapshot(`user_New${n}`)));
  await writePath.applySnapshots(
    numbers.map((n) => known(n, { email: `${n + 1}@example.com`, emailSince: at(2), updatedAt: at(2) })),
  );
  await writePath.applyDeletions(
    numbers.map((n) => `user_${n}`),
    { instanceId: INSTANCE, deletedBy: "webhook" },
  );
}

type Plan = { "Node Type": string; "Relation Name"?: string | undefined; Plans?: Plan[] | undefined };
const plan: z.ZodType<Plan> = z.lazy(() =>
  z.object({
    "Node Type": z.string(),
    "Relation Name": z.string().optional(),
    Plans: z.array(plan).optional(),
  }),
);
const explained = z.tuple([z.object({ "QUERY PLAN": z.tuple([z.object({ Plan: plan })]) })]);

const scans = (node: Plan): string[] => [
  ...(node["Node Type"] === "Seq Scan" && TABLES.includes(node["Relation Name"] ?? "")
    ? [node["Relation Name"] ?? ""]
    : []),
  ...(node.Plans ?? []).flatMap(scans),
];

async function scansPlanned({ sql }: Host, { text, values }: Sent): Promise<string[]> {
  const { rows } = await sql.query(`explain (format json) ${text}`, [...values]);
  return scans(explained.parse(rows)[0]["QUERY PLAN"][0].Plan);
}

/** How often a whole table was read so far, by PostgreSQL's own count. */
async function scansDone({ db, sql }: Host): Promise<Record<string, number>> {
  await db.query("select pg_stat_force_next_flush()::text");
  const { rows } = await sql.query<{ table: string; scans: number }>(
    `select relname as "table", seq_scan::int as scans from pg_stat_user_tables where relname = any($1)`,
    [TABLES],
  );
  return Object.fromEntries(rows.map(({ table, scans }) => [table, scans]));
}

describe(`at ${ROWS.toLocaleString("en")} users`, () => {
  let host: Host;
  beforeAll(async () => {
    host = await openHost({ connections: 1 });
    await fill(host);
  });
  afterAll(() => host[Symbol.asyncDispose]());

  test.each([
    ["without any statistics", 0, async () => {}],
    ["with fresh statistics", 1, () => host.writePath.analyse()],
  ])("no statement reads a whole table, for one user or for a thousand, %s", async (_, state, prepare) => {
    await prepare();
    const before = await scansDone(host);
    const recorded = recording(host);
    for (const [index, size] of [1, 100, 500, 1_000].entries()) await writeAll(recorded, size, state * 4 + index);
    expect(await scansDone(host)).toEqual(before);

    const statements = recorded.sent.filter(({ text }) => TABLES.some((table) => text.includes(`"${table}"`)));
    expect(
      new Set(statements.map(({ text }) => text)).size,
      "fast, fast for one, preview, record, shown before, insert tombstones, lock owners, release, project",
    ).toBe(9);
    for (const statement of statements) expect(await scansPlanned(host, statement), statement.text).toEqual([]);
  });
});

test("a connection that wrote into empty tables reads no whole table once they are full", async () => {
  await using host = await openHost({ connections: 1 });
  const recorded = recording(host);
  // PostgreSQL fixes the plan of a prepared statement at its sixth use.
  for (let round = 0; round < 6; round++) await writeAll(recorded, 5, round);
  await host.clear();
  await fill(host);
  const before = await scansDone(host);
  await writeAll(recorded, 500, 0);
  expect(await scansDone(host)).toEqual(before);
});

test("no statement is left prepared on a connection, so none can keep a plan while the tables grow", async () => {
  await using host = await openHost({ connections: 1 });
  await writeAll(recording(host), 5, 0);
  const [row] = z
    .array(z.object({ kept: z.number() }))
    .parse(await host.db.query(`select count(*)::int as kept from pg_prepared_statements`));
  expect(row?.kept).toBe(0);
});
