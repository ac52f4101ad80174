import { z } from "zod/v4";
import { epoch, ms } from "../database/sql.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { columnOrNull, names } from "../write-path/statements/names.ts";
import { userStates } from "./user-state.ts";

/** Rows of a list of users, each with its place in the list. */
export const userRows = z.array(
  z.object({
    id: z.string(),
    state: z.enum(userStates),
    email: z.string().nullable(),
    emailVerified: z.boolean(),
    name: z.string().nullable(),
    image: z.string().nullable(),
    rowId: z.string().nullable(),
    createdAt: epoch.nullable(),
    updatedAt: epoch.nullable(),
    checkedAt: epoch.nullable(),
    deletedAt: epoch.nullable(),
    /** What the list is ordered by, before the id: a time in epoch ms, or a text. */
    place: z.union([z.string(), z.number()]),
  }),
);
export type UserRow = z.infer<typeof userRows>[number];

const lastWord = (name: string): string => `lower(substring(${name} from '[^ ]+$'))`;
// The last code point: after a text and this comes no text that begins with it.
const END = "chr(1114111)";

/**
 * Every statement of the users' list. A page is read along one index, and the application's rows of that page alone are looked
 * up: LATERAL with a LIMIT, so that no plan reads a whole table.
 */
export function usersStatements(tables: ApplicationTables) {
  const { users, key, id, shownEmail, emailVerified, name, image } = names(tables);
  const row = (of: string): string => `left join lateral (
  select u.${id}::text as id, ${shownEmail("u")} as email, ${columnOrNull("u", emailVerified, "timestamptz")} is not null as verified,
    ${columnOrNull("u", name, "text")} as name, ${columnOrNull("u", image, "text")} as image
  from ${users} u where u.${key} = ${of} limit 1
) u on true`;
  const state = `case
    when c.id is null then 'not_synced'
    when c."deletedAt" is not null then 'deleted'
    when c.email is not null and u.email is distinct from c.email then 'conflict'
    else 'live'
  end`;
  const known = (column: string, otherwise: string) => `case when c.id is null then ${otherwise} else ${column} end`;
  const columns = (userId: string) => `${userId} as id, ${state} as state,
  ${known("c.email", "u.email")} as email, coalesce(${known(`c."emailVerifiedAt" is not null`, "u.verified")}, false) as "emailVerified",
  ${known("c.name", "u.name")} as name, ${known("c.image", "u.image")} as image, u.id as "rowId",
  ${ms('c."createdAt"')} as "createdAt", ${ms('c."updatedAt"')} as "updatedAt", ${ms('c."checkedAt"')} as "checkedAt",
  ${ms('c."deletedAt"')} as "deletedAt"`;

  const page = (
    place: string,
    order: string,
    where: string,
    upTo = "true",
  ): string => `select ${columns("c.id")}, ${place} as place
from (select * from rollcall."ClerkUser" c where ${where} order by ${order} limit $3::int) c
${row("c.id")}
where ${upTo}
order by ${order}`;

  // Parameters 1 and 2 of all pages: the place to continue after and its id, or null. 3: how many.
  const byTime = (column: string, condition: string): string =>
    page(
      ms(column),
      `${column} desc, c.id desc`,
      `c."deletedAt" ${condition}
  and (${column}, c.id) < (coalesce(to_timestamp($1::float8 / 1000), 'infinity'), coalesce($2::text, ''))`,
    );

  // Parameter 4: what the text begins with. Texts are compared byte by byte, as in the index, in any locale. The page is read
  // before its end is cut off: from both bounds PostgreSQL would expect few rows, and sort all that there are.
  const byText = (text: string, begin: string, besides = "true"): string =>
    page(
      text,
      `${text} using ~<~, c.id using ~<~`,
      `c."deletedAt" is null
  and (${text}, c.id) operator(pg_catalog.~>~) (coalesce($1::text, ${begin}), coalesce($2::text, ''))
  and ${besides}`,
      `${text} ~<~ (${begin} || ${END})`,
    );
  const lower = "lower($4::text)";
  // What an earlier search has listed. It reads these rows again, as many as were already paged through.
  const noEmail = `not coalesce(starts_with(c.email, $5::text), false)`;

  return {
    live: byTime('c."createdAt"', "is null"),
    deleted: byTime('c."deletedAt"', "is not null"),
    byEmail: byText("c.email", "$4::text"),
    /** Parameter 5: the beginning of an address, for users to leave out. */
    byName: byText("lower(c.name)", lower, noEmail),
    byLastWord: byText(lastWord("c.name"), lower, `${noEmail} and not starts_with(lower(c.name), ${lower})`),
    /**
     * Some users, in the given order. Parameters: their ids; the only state to list, or null; and the beginning of an address and
     * of a name to look for, or null.
     */
    byIds: `select * from (
  select ${columns("asked.id")}, asked.id as place, asked.at
  from unnest($1::text[]) with ordinality as asked (id, at)
  left join lateral (select * from rollcall."ClerkUser" c where c.id = asked.id limit 1) c on true
  ${row("asked.id")}
  where c.id is not null or u.id is not null
) found
where state = coalesce($2::text, state)
  and ($3::text is null or starts_with(email, $3::text) or starts_with(lower(name), lower($4::text))
    or starts_with(${lastWord("name")}, lower($4::text)))
order by at`,
  };
}
