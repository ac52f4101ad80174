// Without it a signed-in script could use up the whole team's quota at Clerk.
export const THROTTLE_MS = 10_000;

/** What a claim gave: no row where the user has none yet. */
export interface ClaimRow {
  claimed: boolean;
  /** How long until the next claim succeeds, in ms, where this one did not. */
  waitMs: number;
}

/**
 * Claims the moment for a user's sync by hand, at most once in ten seconds over all processes: one statement, so that of
 * several at once one succeeds. One that waited for another's claim still reads the row as it was before: it waits for the
 * whole time. Parameter: the user's id.
 */
export const claimRequestStatement = `with claimed as (
  update "ClerkUser" set "requestedAt" = clock_timestamp()
  where id = $1::text and ("requestedAt" is null or "requestedAt" <= clock_timestamp() - interval '${THROTTLE_MS} ms')
  returning id
)
select exists (select from claimed) as claimed,
  case when "requestedAt" > clock_timestamp() - interval '${THROTTLE_MS} ms'
    then ceil(${THROTTLE_MS} - extract(epoch from clock_timestamp() - "requestedAt") * 1000)::float8
    else ${THROTTLE_MS}::float8
  end as "waitMs"
from "ClerkUser" where id = $1::text`;
