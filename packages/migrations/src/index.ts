export { indexes } from "./indexes.ts";
export { migrateTables, type PendingQuery, pendingMigrations, tablesSql } from "./migrate.ts";
export { type Migration, migrations } from "./migrations.ts";
