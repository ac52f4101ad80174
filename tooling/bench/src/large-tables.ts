import type { Database } from "./database.ts";

const EVENTS_OF_A_USER = 5;
const RUNS = 2_160; // hourly for 90 days: older ones are deleted, however many users there are
const DELETED_OF = 100; // one in so many
const CONFLICTS = 100;
const EFFECTS_OF = 10;
const UNDELIVERED = 200;

const id = "'user_' || lpad(n::text, 9, '0') || left(md5('user ' || n), 18)";
const email = "left(md5('user ' || n), 16) || '@example.com'";
const name = "'Given' || n || ' Family' || n % 997";
const image = "'https://img.clerk.com/' || md5('image ' || n)";
const createdAt = "timestamptz '2024-01-01' + n * interval '1 min'";

/**
 * Fills the tables as a directory of this many users has them after a month: five events a user, a run for each hundred, one
 * tombstone in a hundred, and an effect for every tenth user. As many conflicts and undelivered effects in tables of any size.
 */
export async function fillTables(database: Database, users: number, instanceId: string): Promise<void> {
  const { query } = database;
  await database.clear();
  await database.mirror(instanceId);
  const indexes = await dropIndexes(database, ["ClerkUser", "SyncEvent", "SyncEffect", "SyncRun"]);
  const isDeleted = `n % ${DELETED_OF} = 99`;
  const live = (value: string) => `case when not ${isDeleted} then ${value} end`;
  await query(
    `insert into rollcall."ClerkUser" (id, "instanceId", email, "emailVerifiedAt", "emailSince", name, image, "createdAt", "updatedAt",
       "checkedAt", "syncedAt", "deletedAt", "deletedBy")
     select ${id}, $1, ${live(email)}, ${live(createdAt)}, ${live(createdAt)}, ${live(name)}, ${live(image)}, ${createdAt}, ${createdAt},
       now(), now(), case when ${isDeleted} then now() - n * interval '1 s' end,
       case when ${isDeleted} then 'webhook'::rollcall."DeletedBy" end
     from generate_series(0, $2::int - 1) n`,
    [instanceId, users],
  );
  await query(
    `insert into "User" (id, email, "emailVerified", name, image, "updatedAt")
     select ${id}, case when n >= ${CONFLICTS} then ${live(email)} end, ${live(createdAt)}, ${live(name)}, ${live(image)}, now()
     from generate_series(0, $1::int - 1) n`,
    [users],
  );
  await query(
    `insert into "Customer" ("authUserId", name, "updatedAt") select ${id}, ${live(name)}, now() from generate_series(0, $1::int - 1) n`,
    [users],
  );
  // Of ten events nine are deliveries. None is old enough to be purged.
  await query(
    `insert into rollcall."SyncEvent" (id, source, type, "userId", outcome, "firstSeenAt", "lastSeenAt")
     select 'msg_' || e, case when e % 10 = 5 then 'read' else 'webhook' end::rollcall."EventSource",
       case when e % 7 = 0 then 'user.created' else 'user.updated' end, (select ${id} from (select e % $1::int) as u (n)),
       case when e % 7 = 0 then 'created' when e % 3 = 0 then 'unchanged' else 'updated' end, at, at
     from (
       select e, now() - (e::float8 / ($1::int * ${EVENTS_OF_A_USER})) * interval '29 days' as at
       from generate_series(0, $1::int * ${EVENTS_OF_A_USER} - 1) e
     ) as events`,
    [users],
  );
  await query(
    `insert into rollcall."SyncEffect" (type, "userId", version, "occurredAt", "runAt", "doneVersion", "deadAt", attempts)
     select 'user.created', ${id}, 1, ${createdAt}, ${createdAt}, case when n >= ${UNDELIVERED * EFFECTS_OF} then 1 end,
       case when n < ${(UNDELIVERED * EFFECTS_OF) / 2} then now() end, 1
     from generate_series(0, $1::int - 1, ${EFFECTS_OF}) n`,
    [users],
  );
  await query(
    `with runs as (
       insert into rollcall."SyncRun" (id, kind, "dryRun", state, "startedBy", "instanceId", total, missing, confirmed, "startedAt", "endedAt")
       select gen_random_uuid(), case when n % 2 = 0 then 'full' else 'incremental' end::rollcall."RunKind", false, 'done', 'bench', $1,
         $2::int, 0, false, now() - n * interval '1 hour', now() - n * interval '1 hour'
       from generate_series(1, ${RUNS}) n
       returning id
     )
     insert into rollcall."SyncWindow" ("runId", number, position, unchanged, "movedAt", "endedAt")
     select id, number, '{"pass": "missing", "after": ""}', 1, now(), now() from runs, generate_series(0, 4) number`,
    [instanceId, users],
  );
  for (const index of indexes) await query(index);
  await database.tidy();
}

/** Rows go in several times as fast without indexes. @returns what creates them again */
async function dropIndexes({ query }: Database, tables: readonly string[]): Promise<string[]> {
  const indexes = await query<{ name: string; definition: string }>(
    `select format('%I.%I', schemaname, indexname) as name, indexdef as definition from pg_indexes
     where schemaname = 'rollcall' and tablename = any($1) and indexname not like '%\\_pkey'`,
    [tables],
  );
  for (const { name } of indexes) await query(`drop index ${name}`);
  return indexes.map(({ definition }) => definition);
}
