import { z } from "zod/v4";
import { epoch, ms } from "../../database/sql.ts";
import { CREATED_WITHIN_DAYS } from "./outbox.ts";
import { isNotWaiting, isPending } from "./pending.ts";

export const effectTypes = ["user.created", "user.updated", "user.deleted"] as const;
export type EffectType = (typeof effectTypes)[number];

/** The time limit of a handler is half of it: a process that was killed holds an effect for a minute. */
const CLAIMED_FOR = "60 s";
/** 30 s after the first failed attempt, then twice as long each time up to 2 h: the twentieth fails after 24 h. */
export const MAX_ATTEMPTS = 20;
const backoff = `least(interval '30 s' * 2 ^ (attempts - 1), interval '2 h')`;
const PURGED_AT_ONCE = 100;

/**
 * Registers a process's handlers: a type's start is set once. Parameters: types, and their delays in ms.
 */
export const registerStatement = `insert into rollcall."SyncEffectType" as t (type, since, "delayMs")
select type, clock_timestamp(), "delayMs" from unnest($1::text[], $2::float8[]) as h (type, "delayMs") order by type
on conflict (type) do update set "delayMs" = excluded."delayMs" where t."delayMs" <> excluded."delayMs"`;

export const claimedRows = z.array(
  z.object({
    type: z.enum(effectTypes),
    userId: z.string(),
    version: z.string(), // a bigint
    occurredAt: epoch,
    attempts: z.number(),
  }),
);
export type ClaimedEffect = z.infer<typeof claimedRows>[number];

/**
 * Claims effects that are due, so that no other process delivers them, and deletes some old ones. A user's `user.updated` waits
 * for their `user.created`. Parameters: the types that this process handles, and how many to claim.
 */
export const claimStatement = `with purged as (
  delete from rollcall."SyncEffect" where (type, "userId") in (
    select type, "userId" from rollcall."SyncEffect" where "doneVersion" = version
      and "occurredAt" < statement_timestamp() - interval '${CREATED_WITHIN_DAYS + 1} days'
    order by "occurredAt" limit ${PURGED_AT_ONCE} for update skip locked
  )
), exhausted as (
  -- A handler that ends its process each time leaves no error.
  update rollcall."SyncEffect" e set "deadAt" = clock_timestamp(), "claimedUntil" = null
  where ${isPending("e")} and attempts >= ${MAX_ATTEMPTS} and "claimedUntil" <= statement_timestamp()
), due as (
  select type, "userId" from rollcall."SyncEffect" e
  where ${isPending("e")} and "runAt" <= statement_timestamp() and type = any($1::text[]) and attempts < ${MAX_ATTEMPTS}
    and ("claimedUntil" is null or "claimedUntil" <= statement_timestamp())
    and ${isNotWaiting("e")}
  order by "runAt" limit $2::int for update skip locked
)
update rollcall."SyncEffect" e set "claimedUntil" = clock_timestamp() + interval '${CLAIMED_FOR}', attempts = attempts + 1
from due where e.type = due.type and e."userId" = due."userId"
returning e.type, e."userId", e.version::text, ${ms(`e."occurredAt"`)} as "occurredAt", e.attempts`;

/** Ends a claim. A change meanwhile made a newer version, which is still due. Parameters: type, user, version. */
export const doneStatement = `update rollcall."SyncEffect" set "doneVersion" = $3::bigint, "claimedUntil" = null, "lastError" = null
where type = $1::text and "userId" = $2::text and version >= $3::bigint`;

/**
 * Ends a claim after a failed attempt. Parameters: type, user, version, the error.
 *
 * @returns whether the effect is dead now
 */
export const failedStatement = `update rollcall."SyncEffect" set "claimedUntil" = null,
  "lastError" = case when version = $3::bigint then $4::text end,
  "runAt" = case when version = $3::bigint then clock_timestamp() + ${backoff} else "runAt" end,
  "deadAt" = case when version = $3::bigint and attempts >= ${MAX_ATTEMPTS} then clock_timestamp() end
where type = $1::text and "userId" = $2::text and "doneVersion" is distinct from version
returning "deadAt" is not null as dead`;
export const failedRows = z.array(z.object({ dead: z.boolean() }));
