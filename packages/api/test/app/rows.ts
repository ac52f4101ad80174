import type { ClerkUser } from "@rollcall/sync";
import type pg from "pg";

/** The rows of one user, with times as epoch ms. */
export interface Rows {
  user: { email: string | null; emailVerified: number | null; name: string | null; image: string | null } | null;
  customer: { name: string | null; plan: string } | null;
  mirror: { email: string | null; updatedAt: number | null; checkedAt: number | null; deletedBy: string | null } | null;
}

const ms = (column: string) => `extract(epoch from ${column}) * 1000`;
const statement = `select
  (select json_build_object('email', email, 'emailVerified', ${ms('"emailVerified"')}, 'name', name, 'image', image)
    from "User" where id = $1) as user,
  (select json_build_object('name', name, 'plan', plan) from "Customer" where "authUserId" = $1) as customer,
  (select json_build_object('email', email, 'updatedAt', ${ms('"updatedAt"')}, 'checkedAt', ${ms('"checkedAt"')}, 'deletedBy', "deletedBy")
    from rollcall."ClerkUser" where id = $1) as mirror`;

export async function rowsOf(sql: pg.Pool, id: string): Promise<Rows> {
  const { rows } = await sql.query<Rows>(statement, [id]);
  const [row] = rows;
  if (!row) throw new Error("a select without a table returns one row");
  return row;
}

/** The expected rows of a Clerk user, restated as plainly as possible. */
export function asShown(user: ClerkUser): NonNullable<Rows["user"]> {
  const primary = user.email_addresses.find(({ id }) => id === user.primary_email_address_id);
  const name = [user.first_name, user.last_name].filter(Boolean).join(" ") || user.username || null;
  return {
    email: primary?.email_address.toLowerCase() ?? null,
    emailVerified: primary?.verification?.status === "verified" ? (primary.updated_at ?? null) : null,
    name,
    image: user.image_url ?? null,
  };
}

/** Which transaction last wrote each row, as PostgreSQL knows it: if it is equal before and after, nothing was written. */
export async function marks(sql: pg.Pool): Promise<string[]> {
  const { rows } = await sql.query<{ mark: string }>(
    `select 'User' || id || ctid || xmin as mark from "User" union all
     select 'Customer' || id || ctid || xmin from "Customer" union all
     select 'ClerkUser' || id || ctid || xmin from rollcall."ClerkUser" order by 1`,
  );
  return rows.map(({ mark }) => mark);
}
