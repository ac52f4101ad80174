export {
  MigrationError,
  type MigrationErrorCode,
  migrate,
  migrationsDirectory,
  pendingMigrations,
} from "./postgres/migrate.ts";
export { PostgresError, type PostgresErrorCode } from "./postgres/postgres-error.ts";
export { type Postgres, type PostgresOptions, startPostgres } from "./postgres/start-postgres.ts";
export { startTemporaryPostgres } from "./postgres/temporary-postgres.ts";
