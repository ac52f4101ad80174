export { type PostgresJsLike, postgresJsDatabase } from "@rollcall/sync/postgres-js";
