import { z } from "zod/v4";
import { epoch, ms } from "../database/sql.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { rank } from "../write-path/statements/fragments.ts";
import { columnOrNull, names } from "../write-path/statements/names.ts";

const rival = z.object({
  id: z.string(),
  name: z.string().nullable(),
  emailVerifiedAt: epoch.nullable(),
  emailSince: epoch.nullable(),
});

export const detailsRows = z.tuple([
  z.object({
    replica: z
      .object({
        email: z.string().nullable(),
        emailVerifiedAt: epoch.nullable(),
        emailSince: epoch.nullable(),
        name: z.string().nullable(),
        image: z.string().nullable(),
        createdAt: epoch.nullable(),
        updatedAt: epoch.nullable(),
        checkedAt: epoch.nullable(),
        syncedAt: epoch,
        deletedAt: epoch.nullable(),
        deletedBy: z.enum(["webhook", "run"]).nullable(),
      })
      .nullable(),
    row: z
      .object({
        id: z.string(),
        email: z.string().nullable(),
        emailVerifiedAt: epoch.nullable(),
        name: z.string().nullable(),
        image: z.string().nullable(),
      })
      .nullable(),
    rival: rival.nullable(),
    ownRow: z.string().nullable(),
  }),
]);
export type StoredDetails = z.infer<typeof detailsRows>[0];

const fields = (row: string, times: string[], others: string[]): string =>
  [
    ...times.map((name) => `'${name}', ${ms(`${row}."${name}"`)}`),
    ...others.map((name) => `'${name}', ${row}."${name}"`),
  ].join(", ");

/**
 * One user's row of `ClerkUser`, the application's row, the other user who comes first among those that claim the address, and the
 * row of the application's own that has it. Parameter: Clerk's id.
 */
export function detailsStatement(tables: ApplicationTables): string {
  const { users, key, id, shownEmail, emailVerified, name, image, email, isClerks } = names(tables);
  const times = ["emailVerifiedAt", "emailSince", "createdAt", "updatedAt", "checkedAt", "syncedAt", "deletedAt"];
  return `select
  case when c.id is not null then json_build_object(${fields("c", times, ["email", "name", "image", "deletedBy"])}) end as replica,
  (
    select json_build_object('id', u.${id}::text, 'email', ${shownEmail("u")},
      'emailVerifiedAt', ${ms(columnOrNull("u", emailVerified, "timestamptz"))},
      'name', ${columnOrNull("u", name, "text")}, 'image', ${columnOrNull("u", image, "text")})
    from ${users} u where u.${key} = asked.id limit 1
  ) as "row",
  (
    select json_build_object(${fields("o", ["emailVerifiedAt", "emailSince"], ["id", "name"])})
    from rollcall."ClerkUser" o
    where o.email = c.email and o."deletedAt" is null and o.id <> c.id
    order by ${rank("o")} limit 1
  ) as rival,
  (
    select h.${id}::text from ${users} h where h.${email} = c.email and not ${isClerks("h")} limit 1
  ) as "ownRow"
from (select $1::text as id) as asked left join rollcall."ClerkUser" c on c.id = asked.id`;
}
