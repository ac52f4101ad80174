import { createTables } from "./001-create-tables.ts";
import { listsAndCounts } from "./004-lists-and-counts.ts";

export interface Migration {
  version: number;
  name: string;
  /** Statements that change nothing if their result already exists. */
  sql: string;
}

/** Oldest first. A released one is never edited: databases that have it would not get the change. */
export const migrations: readonly Migration[] = [
  { version: 1, name: "create tables", sql: createTables },
  { version: 4, name: "lists and counts", sql: listsAndCounts },
];
