import { z } from "zod/v4";

// Without it, a script with a session could use up the whole team's Clerk quota.
export const THROTTLE_MS = 10_000;

/** The result of a claim: no row if the user has none yet. */
export const claimRows = z.array(
  z.object({
    claimed: z.boolean(),
    /** How long until the next claim succeeds, in ms, if this one did not. */
    waitMs: z.number(),
  }),
);
export type ClaimRow = z.infer<typeof claimRows>[number];

/**
 * Claims a sync that a user asked for, at most once in ten seconds across all processes: one statement, so that of
 * several concurrent claims one succeeds. A claim that waited for another still reads the old row: it then waits for the
 * full time. Parameter: the user's id.
 */
export const claimRequestStatement = `with claimed as (
  update rollcall."ClerkUser" set "requestedAt" = clock_timestamp()
  where id = $1::text and ("requestedAt" is null or "requestedAt" <= clock_timestamp() - interval '${THROTTLE_MS} ms')
  returning id
)
select exists (select from claimed) as claimed,
  case when "requestedAt" > clock_timestamp() - interval '${THROTTLE_MS} ms'
    then ceil(${THROTTLE_MS} - extract(epoch from clock_timestamp() - "requestedAt") * 1000)::float8
    else ${THROTTLE_MS}::float8
  end as "waitMs"
from rollcall."ClerkUser" where id = $1::text`;
