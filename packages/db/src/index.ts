import { createClient, type PrismaClient } from "./client.ts";
import { readEnvironment } from "./environment.ts";

export { EnvironmentError } from "./environment.ts";

declare global {
  var rollcallDb: PrismaClient | undefined;
}

/**
 * The client of the database that `POSTGRES_URL` names, one a process. It hangs on `globalThis` because Next loads this
 * module again after each edit, and every client would keep its connections.
 *
 * @throws {EnvironmentError} on import, where `POSTGRES_URL` is missing or is no connection string.
 */
export const db: PrismaClient = globalThis.rollcallDb ?? createClient(readEnvironment(process.env).POSTGRES_URL);
globalThis.rollcallDb = db;
