/**
 * Every combination of source, outcome and type in the log: a few dozen. Each is found by one step down the index, because `select
 * distinct` would read the whole log. The newest events of a kind, or their number, are then one short scan of the same index.
 * A common table expression for `with recursive`.
 */
export const kinds = `kinds as (
  (select source, outcome, type from rollcall."SyncEvent" order by source, outcome, type limit 1)
  union all
  select next.* from kinds k
  cross join lateral (
    select e.source, e.outcome, e.type from rollcall."SyncEvent" e
    where (e.source, e.outcome, e.type) > (k.source, k.outcome, k.type)
    order by e.source, e.outcome, e.type
    limit 1
  ) next
)`;

/** The condition that an event is of a kind. */
export const isOfKind = (event: string, kind: string): string =>
  `${event}.source = ${kind}.source and ${event}.outcome = ${kind}.outcome and ${event}.type = ${kind}.type`;
