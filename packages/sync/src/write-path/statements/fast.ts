import { z } from "zod/v4";
import type { ApplicationTables } from "../../database/tables.ts";
import { fastEffects } from "../../effects/statements/outbox.ts";
import { insertEntry } from "../../events/event-log.ts";
import { claim, content, incoming, isNewer, outranks, recordRows, version, wasRecorded } from "./fragments.ts";
import { type ColumnTypes, names } from "./names.ts";

const rowsWith = <const Outcomes extends readonly string[]>(outcomes: Outcomes) =>
  z.array(z.object({ id: z.string(), outcome: z.enum(outcomes), conflict: z.boolean() }));

const DECIDED = ["created", "updated", "unchanged", "outdated", "deleted", "unlinked"] as const;

/** One row per user of a batch, with the outcome. Contended ones are left to the slow path. */
export const fastRows = rowsWith([...DECIDED, "contended"]);
export type FastRow = z.infer<typeof fastRows>[number];

/** Outcomes that the fast statement does not write into the log: the slow path decides, or they are errors with a code. */
const UNLOGGED: readonly FastRow["outcome"][] = ["contended", "unlinked"];

/** Whether the statement for a delivery has written its entry. */
export const isLogged = ({ outcome }: FastRow): boolean => !UNLOGGED.includes(outcome);

export const previewRows = rowsWith(DECIDED);
export type PreviewRow = z.infer<typeof previewRows>[number];

/**
 * One statement for one snapshot or for five hundred: it compares each with the stored state, and writes those that
 * affect no other user: the stored claim is equal or has no address, and no other user, row or snapshot of the batch
 * claims or has the new address.
 *
 * Parameters: the arrays of `incoming`, whether to always write `checkedAt` of unchanged rows, the new ids if the
 * application makes them itself, and the id and the type of the delivery if there is one.
 *
 * Every lookup is LATERAL with a LIMIT, which the planner cannot turn into a join that reads a whole table.
 *
 * @param options.one for a single snapshot, and to be prepared: its plan then suits every other
 * @param options.delivered also writes the delivery's entry in the log, unless the slow path has to decide. A round trip less than
 * a statement of its own
 */
export function fastStatement(
  tables: ApplicationTables,
  types?: ColumnTypes,
  { one = false, delivered = false } = {},
): string {
  const { key, id, ownIds, newIds, extras, shownBy, customer, show } = names(tables, types);
  // `shown` returns no row that was already equal: then the row is the one that was judged.
  const owner = ownIds ? "coalesce(s.own, j.own)" : "w.id";
  const withShown = ownIds ? " left join shown s on s.id = w.id" : "";
  const ownerless = `verdict = 'write' and j.customerless and ${owner} is null`;
  const deliveryId = 12 + Number(extras) + Number(newIds);
  const outcomes = `select j.id,
  case
    -- A concurrent writer changed the row after it was judged.
    when verdict = 'write' and w.id is null or verdict = 'unchanged' and touch and t.id is null then 'contended'${
      ownIds && customer
        ? `
    -- A concurrent writer made the very same row, so its id is not known here.
    when ${ownerless} then 'contended'`
        : ""
    }
    when verdict = 'write' and userless then 'created'
    when verdict = 'write' then 'updated'
    else verdict
  end as outcome,
  case verdict when 'unchanged' then j.conflict when 'outdated' then j."storedConflict" else false end as conflict
from judged j left join written w using (id) left join touched t using (id)${withShown}`;
  return `with ${incoming({ extras, newIds, one })}, ${judged(tables, types)}, written as (
  ${recordRows(`judged where verdict = 'write'`, `${isNewer} and (c.email is null or ${claim("c")} is not distinct from ${claim("excluded")})`)}
  returning id, email, "emailVerifiedAt", name, image, extra, "createdAt", ${wasRecorded} as known
), shown as (
  -- A row that is already equal is not written, but locked: a slow path that takes its address must wait for this claim.
  ${show(newIds ? `written join (select id, "newId" from judged) as made using (id)` : "written")}
  where ${shownBy("u")} is distinct from ${shownBy("excluded")}
  returning u.${key} as id${ownIds ? `, u.${id} as own` : ""}
), ${fastEffects}${
    customer
      ? `, customers as (
  ${customer.insert}
  select ${customer.values(owner, "w")} from written w join judged j using (id)${withShown} where j.customerless${ownIds ? ` and ${owner} is not null` : ""} order by w.id
  on conflict (${customer.userKey}) do nothing
)`
      : ""
  }, touched as (
  update rollcall."ClerkUser" c set "checkedAt" = greatest(c."checkedAt", j."checkedAt")
  -- Always in the same order, or two batches of the same users would wait for each other.
  from (select * from judged where verdict = 'unchanged' and touch order by id) j
  where c.id = j.id and c."deletedAt" is null
    and ${content("c")} is not distinct from ${content("j")}
  returning c.id
)${
    delivered
      ? `, decided as (
  ${outcomes}
), logged as (
  ${insertEntry(`select $${deliveryId}::text, 'webhook'::rollcall."EventSource", $${deliveryId + 1}::text, id, outcome, null::text from decided where outcome not in (${UNLOGGED.map((outcome) => `'${outcome}'`).join(", ")})`)}
)
select * from decided`
      : `
${outcomes}`
  }`;
}

/**
 * What the fast statement and the slow path would do, without doing it: who would be created or updated, or is unchanged.
 * It does not predict a conflict between two new users of one batch that claim the same address.
 */
export function previewStatement(tables: ApplicationTables, types?: ColumnTypes): string {
  return `with ${incoming({ extras: names(tables).extras })}, ${judged(tables, types)}
select id,
  case when verdict in ('write', 'contended') then case when userless then 'created' else 'updated' end else verdict end as outcome,
  case verdict when 'outdated' then "storedConflict" when 'deleted' then false else conflict end as conflict
from judged`;
}

/** The addresses that several snapshots of the batch claim. */
const twice = `select email from incoming where email is not null group by email having count(*) > 1`;

/** Each snapshot compared with the stored state. */
function judged(tables: ApplicationTables, types?: ColumnTypes): string {
  const { users, key, id, ownIds, extras, email, shownBy, projectedNames, valuesOf, isClerks, unlinked, customer } =
    names(tables, types);
  const shown = projectedNames.map((name) => `u.${name}`).join(", ");
  const said = {
    id: "i.id",
    email: "due.email",
    emailVerifiedAt: 'due."emailVerifiedAt"',
    name: "i.name",
    image: "i.image",
    extra: "i.extra",
  };
  return `judged as materialized (
  select i.*, u.id is null as userless, ${customer ? "k.found is null as customerless" : "false as customerless"}${ownIds ? ", u.own" : ""},
    c.email is not null and u.email is distinct from c.email as "storedConflict",
    i.email is not null and due.email is null as conflict,
    -- Until 61 s after its change a row may be undone by a late tie of the same millisecond: an equal, later snapshot settles it.
    i."checkedAt" > coalesce(c."checkedAt", '-infinity')
      and (${extras ? "$12" : "$11"}::boolean or (c."checkedAt" >= c."updatedAt" + interval '61 s') is not true) as touch,
    case
      when c."deletedAt" is not null then 'deleted'
      -- Also if it was read a moment before the stored state, as by a run that starts right after another.
      when ${content("i")} is not distinct from ${content("c")} ${customer ? "and k.found\n       " : ""}and (u.id, ${shown})
           is not distinct from (i.id, ${valuesOf(said)}) then 'unchanged'
      when ${version("c")} > ${version("i")} then 'outdated'${
        ownIds
          ? `
      when unlinked.found then 'unlinked'`
          : ""
      }
      when (c.email is null or ${claim("c")} is not distinct from ${claim("i")})
       and (i.email is null or rivals.number = 0 and holder.found is null and i.email not in (${twice})) then 'write'
      else 'contended'
    end as verdict
  from incoming i
  left join lateral (select * from rollcall."ClerkUser" c where c.id = i.id limit 1) c on true
  left join lateral (
    select u.${key}, ${shownBy("u").slice(1, -1)}${ownIds ? `, u.${id}` : ""} from ${users} u where u.${key} = i.id limit 1
  ) u (id, ${projectedNames.join(", ")}${ownIds ? ", own" : ""}) on true${
    customer
      ? `
  left join lateral (select true as found from ${customer.customers} k where k.${customer.userKey} = ${ownIds ? "u.own" : "i.id"} limit 1) k on true`
      : ""
  }
  cross join lateral (
    select count(*) as number, count(*) filter (where ${outranks("o", "i")}) as better
    from rollcall."ClerkUser" o where o.email = i.email and o."deletedAt" is null and o.id <> i.id
  ) rivals
  left join lateral (
    -- No other row has the address of the user's own row.
    select true as found, ${isClerks("h")} as yields from ${users} h
    where h.${email} = i.email and h.${key} is distinct from i.id and u.email is distinct from i.email limit 1
  ) holder on true
  left join lateral (
    select i.email, i."emailVerifiedAt" where rivals.better = 0 and holder.yields is not false
  ) due on true${ownIds ? `\n  ${unlinked("i")}` : ""}
)`;
}
