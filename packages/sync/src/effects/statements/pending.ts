/** An effect that is still to be delivered, now or later. */
export const isPending = (row: string): string =>
  `${row}."doneVersion" is distinct from ${row}.version and ${row}."deadAt" is null`;

/** A user's `user.updated` waits until their `user.created` was delivered, or is dead. */
export const isNotWaiting = (row: string): string => `(${row}.type <> 'user.updated' or not exists (
  select from rollcall."SyncEffect" o where o.type = 'user.created' and o."userId" = ${row}."userId" and ${isPending("o")}
))`;
