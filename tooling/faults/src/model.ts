import type pg from "pg";
import type { ClerkUser } from "./clerk.ts";

/** A user as the application sees them, with times in epoch ms. */
export interface Row {
  id: string;
  email: string | null;
  emailVerified: number | null;
  name: string | null;
  image: string | null;
}

/** What must be stored about a user. The emulator lets no two users have one address. */
export function expectedRow(user: ClerkUser): Row {
  const primary = user.email_addresses.find(({ id }) => id === user.primary_email_address_id);
  const email = primary?.email_address.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) ?? null;
  const isVerified = primary?.verification?.status === "verified";
  return {
    id: user.id,
    email,
    emailVerified: primary && isVerified ? primary.updated_at : null,
    name: nameOf(user),
    image: user.image_url,
  };
}

function nameOf({ first_name, last_name, username }: ClerkUser): string | null {
  const full = [first_name, last_name]
    .map((part) => (part ?? "").replaceAll("\u0000", "").trim())
    .filter((part) => part !== "")
    .join(" ");
  const name = full || (username ?? "").trim();
  return name === "" ? null : [...name].slice(0, 256).join("").trimEnd();
}

const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);

/** The tables as they must be, if Clerk has these users and no others. */
export function expectedTables(users: readonly ClerkUser[]) {
  const rows = users.map(expectedRow).sort(byId);
  return {
    live: rows.map((row, index) => ({ ...row, updatedAt: users.find(({ id }) => id === rows[index]?.id)?.updated_at })),
    users: rows,
    customersOf: rows.map(({ id }) => id),
    /** Tombstones that still hold personal data, in whichever table. */
    leaks: [],
    /** Rows that no user of Clerk's ever had. */
    strangers: [],
  };
}

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

const LIVE = `select id, email, ${ms('"emailVerifiedAt"')} as "emailVerified", name, image, ${ms('"updatedAt"')} as "updatedAt"
from rollcall."ClerkUser" where "deletedAt" is null order by id collate "C"`;
const USERS = `select u.id, u.email, ${ms('u."emailVerified"')} as "emailVerified", u.name, u.image
from "User" u join rollcall."ClerkUser" c on c.id = u.id where c."deletedAt" is null order by u.id collate "C"`;
const CUSTOMERS = `select m."authUserId" as id from "Customer" m join rollcall."ClerkUser" c on c.id = m."authUserId"
where c."deletedAt" is null order by c.id collate "C"`;
const LEAKS = `select c.id from rollcall."ClerkUser" c left join "User" u on u.id = c.id left join "Customer" m on m."authUserId" = c.id
where c."deletedAt" is not null
  and coalesce(c.email, c.name, c.image, u.email, u.name, u.image, u."emailVerified"::text, m.name) is not null`;
const STRANGERS = `select id from "User" u where not exists (select from rollcall."ClerkUser" c where c.id = u.id)`;

/** One session, or any. */
export type Sql = pg.Pool | pg.ClientBase;

/** The tables as they are. */
export async function actualTables(sql: Sql) {
  const rows = async (text: string) => (await sql.query<{ id: string }>(text)).rows;
  return {
    live: await rows(LIVE),
    users: await rows(USERS),
    customersOf: (await rows(CUSTOMERS)).map(({ id }) => id),
    leaks: await rows(LEAKS),
    strangers: await rows(STRANGERS),
  };
}
