import { indexes } from "./indexes.ts";

/** The outbox of effects: what the application does once for each user who comes, changes or goes. */
export const createEffects = `-- The types of effects that the application handles. Without a row here, writes add nothing to the outbox.
create table if not exists rollcall."SyncEffectType" (
  -- user.created, user.updated or user.deleted.
  type text primary key,
  -- Users created at Clerk before this time get no user.created. An adoption sets it anew.
  since timestamptz(3) not null,
  -- How long after the change the effect is due, in ms.
  "delayMs" float8 not null
);

-- At most one effect of each type for each user. No personal data.
create table if not exists rollcall."SyncEffect" (
  type text not null,
  "userId" text not null,
  -- Part of the effect's key. A later change gets a greater one.
  version bigint not null,
  "occurredAt" timestamptz(3) not null,
  "runAt" timestamptz(3) not null,
  attempts integer not null default 0,
  -- Until then, a process delivers it.
  "claimedUntil" timestamptz(3),
  "doneVersion" bigint,
  -- After a day of failed attempts: it waits for a person.
  "deadAt" timestamptz(3),
  "lastError" text,
  primary key (type, "userId")
);
${indexes.SyncEffect_pending_idx};
${indexes.SyncEffect_dead_idx};
${indexes.SyncEffect_done_idx};`;
