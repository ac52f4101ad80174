export { migrateTables, type PendingQuery, pendingMigrations } from "./migrate.ts";
export { type Migration, migrations } from "./migrations.ts";
