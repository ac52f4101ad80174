import type { Host } from "../write-path/host.ts";

/** Makes writes fill the outbox, for users who signed up since a time. */
export async function handle(
  { sql }: Host,
  types: string[] = ["user.created", "user.updated", "user.deleted"],
  { since = new Date(Date.now() - 3_600_000), delayMs = 0 } = {},
): Promise<void> {
  await sql.query(`insert into rollcall."SyncEffectType" (type, since, "delayMs") select unnest($1::text[]), $2, $3`, [
    types,
    since,
    delayMs,
  ]);
}

/** The types of each user's effects, delivered or not. */
export async function outbox({ sql }: Host): Promise<Record<string, string[]>> {
  const { rows } = await sql.query<{ userId: string; types: string[] }>(
    `select "userId", array_agg(type order by type) as types from rollcall."SyncEffect" group by "userId"`,
  );
  return Object.fromEntries(rows.map(({ userId, types }) => [userId, types]));
}

/** The time that many ms ago, in whole seconds, as Clerk's times are rarely finer in tests. */
export const ago = (ms: number): Date => new Date(Math.floor((Date.now() - ms) / 1_000) * 1_000);

/** Marks everything in the outbox as delivered. */
export const deliverAll = ({ sql }: Host) => sql.query(`update rollcall."SyncEffect" set "doneVersion" = version`);
