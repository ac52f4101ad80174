import { z } from "zod/v4";
import { epoch, ms } from "../../database/sql.ts";
import { effectTypes } from "./delivery.ts";
import { isNotWaiting, isPending } from "./pending.ts";

/** The sums of the outbox. */
export const summaryStatement = `select
  (select coalesce(json_agg(json_build_object('type', type, 'since', ${ms("since")}) order by type), '[]') from rollcall."SyncEffectType") as types,
  (select count(*)::float8 from rollcall."SyncEffect" e where ${isPending("e")}) as pending,
  (select count(*)::float8 from rollcall."SyncEffect" where "deadAt" is not null) as dead,
  (select ${ms(`min("runAt")`)} from rollcall."SyncEffect" e where ${isPending("e")} and "runAt" <= statement_timestamp()) as "dueSince"`;

export const summaryRow = z.tuple([
  z.object({
    types: z.array(z.object({ type: z.enum(effectTypes), since: epoch })),
    pending: z.number(),
    dead: z.number(),
    dueSince: epoch.nullable(),
  }),
]);

/**
 * The types with effects that are due for longer than any process takes to deliver them; a `user.updated` that waits for its
 * user's `user.created` is not due. Parameter: how long, in ms.
 */
export const overdueStatement = `select type, count(*)::float8 as effects from rollcall."SyncEffect" e
where ${isPending("e")} and "runAt" < statement_timestamp() - $1::float8 * interval '1 ms'
  and ${isNotWaiting("e")}
group by type order by type`;
export const overdueRows = z.array(z.object({ type: z.enum(effectTypes), effects: z.number() }));

const listed = `type, "userId", type || ':' || "userId" || ':' || version as key, attempts,
  ${ms(`"occurredAt"`)} as "occurredAt", ${ms(`"runAt"`)} as "runAt", ${ms(`"deadAt"`)} as "deadAt", "lastError"`;

// In ORDER BY a plain "runAt" would be the number in the result, which no index sorts.
/** Pending effects, the first due first. Parameters: the last one's runAt in epoch ms, type and user, or null; how many. */
export const pendingStatement = `select ${listed} from rollcall."SyncEffect" e
where ${isPending("e")} and ($1::float8 is null or ("runAt", type, "userId") > (to_timestamp($1::float8 / 1000), $2::text, $3::text))
order by e."runAt", type, "userId" limit $4::int`;

/** Dead effects, the first to die first. Parameters as of `pendingStatement`, with deadAt. */
export const deadStatement = `select ${listed} from rollcall."SyncEffect" e
where "deadAt" is not null and ($1::float8 is null or ("deadAt", type, "userId") > (to_timestamp($1::float8 / 1000), $2::text, $3::text))
order by e."deadAt", type, "userId" limit $4::int`;

/** A user's effects, delivered ones included. Parameters: the user, and all types, so that the primary key is used. */
export const ofUserStatement = `select ${listed}, "doneVersion" is not distinct from version as done from rollcall."SyncEffect"
where type = any($2::text[]) and "userId" = $1::text order by type`;

const listedRow = z.object({
  type: z.enum(effectTypes),
  userId: z.string(),
  key: z.string(),
  attempts: z.number(),
  occurredAt: epoch,
  runAt: epoch,
  deadAt: epoch.nullable(),
  lastError: z.string().nullable(),
});
export const listedRows = z.array(listedRow);
export const ofUserRows = z.array(listedRow.extend({ done: z.boolean() }));

/** Makes dead effects, and pending ones that wait after a failure, due now. Parameters: type and user, each null for all. */
export const retryStatement = `with retried as (
  update rollcall."SyncEffect" set "runAt" = clock_timestamp(), attempts = 0, "deadAt" = null
  where "doneVersion" is distinct from version and ("deadAt" is not null or attempts > 0)
    and ($1::text is null or type = $1::text) and ($2::text is null or "userId" = $2::text)
  returning 1
)
select count(*)::int as effects from retried`;

/** Forgets a type and its effects that were not delivered. Parameter: the type. */
export const unregisterStatement = `with forgotten as (
  delete from rollcall."SyncEffectType" where type = $1::text
), dropped as (
  delete from rollcall."SyncEffect" where type = $1::text and "doneVersion" is distinct from version returning 1
)
select count(*)::int as effects from dropped`;

export const countRow = z.tuple([z.object({ effects: z.number() })]);

/** For an adoption: the effects are of another instance's users, and the first import of this one's must cause none. */
export const restartStatement = `with dropped as (delete from rollcall."SyncEffect")
update rollcall."SyncEffectType" set since = clock_timestamp()`;
