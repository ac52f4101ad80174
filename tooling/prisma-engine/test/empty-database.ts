import { createTestDatabase, type TestDatabase } from "@rollcall/dev-stack/testing";
import pg from "pg";

/** A database without tables. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await query(database.url, "DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  return database;
}

/** The first column of the result of `sql`, over a separate connection. */
export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: "array" });
    return (rows ?? []).map((row: unknown[]) => row[0]);
  } finally {
    await client.end();
  }
}
