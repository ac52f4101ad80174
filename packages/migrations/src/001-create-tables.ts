import { indexes } from "./indexes.ts";

const enumType = (name: string, values: string[]): string => `
  if to_regtype('rollcall."${name}"') is null then
    create type rollcall."${name}" as enum (${values.map((value) => `'${value}'`).join(", ")});
  end if;`;

// PostgreSQL has no CREATE TYPE IF NOT EXISTS.
const types = `do $$ begin${[
  enumType("DeletedBy", ["webhook", "run"]),
  enumType("EventSource", ["webhook", "read"]),
  enumType("RunKind", ["full", "incremental"]),
  enumType("RunState", ["planned", "running", "awaiting_confirmation", "cancelled", "failed", "done"]),
].join("")}
end $$;`;

/** All of Rollcall's own tables. */
export const createTables = `${types}

-- What Clerk last said about each user, tombstones included.
create table if not exists rollcall."ClerkUser" (
  id text primary key,
  -- The Clerk instance of the user; ids never move between instances.
  "instanceId" text not null,
  -- The claim to an address: the primary email, when it was verified, and since when the user has it.
  email text,
  "emailVerifiedAt" timestamptz(3),
  "emailSince" timestamptz(3),
  name text,
  image text,
  "createdAt" timestamptz(3),
  -- The version is the pair ("updatedAt", "checkedAt"): Clerk's own time of the change, and the moment, in Clerk's time,
  -- at which the row was known to be true.
  "updatedAt" timestamptz(3),
  "checkedAt" timestamptz(3),
  -- When the row was last written, in the database's time.
  "syncedAt" timestamptz(3) not null,
  -- When the user last asked for a sync, in the database's time: the throttle.
  "requestedAt" timestamptz(3),
  -- A tombstone: no snapshot brings the user back.
  "deletedAt" timestamptz(3),
  "deletedBy" rollcall."DeletedBy"
);
-- Who claims an address: read for every snapshot that has one.
create index if not exists "ClerkUser_email_idx" on rollcall."ClerkUser" (email) where "deletedAt" is null;
-- Rows in the order in which Clerk lists its users.
create index if not exists "ClerkUser_createdAt_idx" on rollcall."ClerkUser" ("createdAt");

-- Every verified webhook delivery, and every change that a read found before its webhook. Ids, types and codes only;
-- kept for 30 days.
create table if not exists rollcall."SyncEvent" (
  -- The delivery's svix-id; of a read, the user and the change.
  id text primary key,
  source rollcall."EventSource" not null,
  -- Clerk's event type, such as user.updated.
  type text not null,
  "userId" text,
  -- created, updated, unchanged, outdated, deleted, failed, ignored or refused.
  outcome text not null,
  code text,
  -- A delivery may be repeated, and is applied each time.
  "timesSeen" integer not null default 1,
  "firstSeenAt" timestamptz(3) not null,
  "lastSeenAt" timestamptz(3) not null
);
${indexes.SyncEvent_lastSeenAt_idx};

-- The Clerk instance that this database mirrors: one row, none before the first sync.
create table if not exists rollcall."ClerkInstance" (
  id text primary key,
  "adoptedAt" timestamptz(3) not null
);
${indexes.ClerkInstance_only_key};

-- A run over Clerk's users. Its progress is in its windows.
create table if not exists rollcall."SyncRun" (
  id uuid primary key,
  kind rollcall."RunKind" not null,
  "dryRun" boolean not null,
  state rollcall."RunState" not null,
  "startedBy" text not null,
  -- The Clerk instance that it reads; null until it was planned.
  "instanceId" text,
  -- Users at Clerk; null until Clerk was asked.
  total integer,
  -- The high-water mark: the newest updated_at at the run's start. The next incremental run starts there once this one is done.
  mark timestamptz(3),
  -- Users here that Clerk no longer lists; null if the run did not look.
  missing integer,
  -- Users at Clerk minus live users here, if an incremental run compared the counts: it sees no deletions.
  "netDifference" integer,
  -- More changed than Clerk lists in order: a later run continues from the same mark.
  incomplete boolean not null default false,
  -- Someone confirmed that all missing users become tombstones.
  confirmed boolean not null,
  -- Until when every worker of the run waits for Clerk, in the database's time.
  "pausedUntil" timestamptz(3),
  -- Since when no page came for that reason.
  "pausedSince" timestamptz(3),
  -- Why it failed, and in which window.
  "failureCode" text,
  "failedWindow" integer,
  "startedAt" timestamptz(3) not null,
  "endedAt" timestamptz(3)
);
${indexes.SyncRun_startedAt_idx};
-- One run at a time; a dry run writes nothing and does not count.
${indexes.SyncRun_active_key};

-- A part of a run's work, and its progress. Cursor and counters move together, by compare-and-set on "checkpoint".
create table if not exists rollcall."SyncWindow" (
  "runId" uuid not null references rollcall."SyncRun" (id) on delete cascade on update cascade,
  number integer not null,
  -- Its pass (plan, walk, changes or missing) and that pass's cursor.
  position jsonb not null,
  -- How often it has moved.
  checkpoint integer not null default 0,
  -- Jobs that began since it last moved.
  attempts integer not null default 0,
  -- The job that works on it next; null if it needs one.
  "jobId" uuid,
  created integer not null default 0,
  updated integer not null default 0,
  unchanged integer not null default 0,
  outdated integer not null default 0,
  deleted integer not null default 0,
  failed integer not null default 0,
  conflicts integer not null default 0,
  tombstoned integer not null default 0,
  "clerkCalls" integer not null default 0,
  -- The first users that failed: id, code and reason.
  errors jsonb not null default '[]',
  -- Why the last job did not move it: a code.
  "lastError" text,
  "movedAt" timestamptz(3) not null,
  "endedAt" timestamptz(3),
  primary key ("runId", number)
);

-- A user missing from a run's lists. Clerk is asked about them by id before they become a tombstone.
create table if not exists rollcall."SyncCandidate" (
  "runId" uuid not null references rollcall."SyncRun" (id) on delete cascade on update cascade,
  "userId" text not null,
  primary key ("runId", "userId")
);
`;
