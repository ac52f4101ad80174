export { type PgPoolLike, pgDatabase } from "@rollcall/sync/pg";
