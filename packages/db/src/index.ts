import { createClient, type PrismaClient } from "./client.ts";
import { readEnvironment } from "./environment.ts";

export { EnvironmentError } from "./environment.ts";

declare global {
  var rollcallDb: PrismaClient | undefined;
}

/**
 * The client of the database that `POSTGRES_URL` names, one per process. It is kept on `globalThis` because Next loads this
 * module again after each edit, and each client would keep its connections.
 *
 * @throws {EnvironmentError} on import, if `POSTGRES_URL` is missing or not a connection string.
 */
export const db: PrismaClient = globalThis.rollcallDb ?? createClient(readEnvironment(process.env).POSTGRES_URL);
globalThis.rollcallDb = db;
