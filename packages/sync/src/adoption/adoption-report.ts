import type { ClerkApi } from "../clerk/clerk-api.ts";
import type { Database } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import { type ApplicationTables, ownIdColumn } from "../database/tables.ts";
import { checkTables } from "../write-path/check-tables.ts";
import { rowReader } from "./candidate-rows.ts";
import type { AdoptionClass, AdoptionPerson } from "./classify.ts";
import { peopleAtClerk, rowsOnlyHere } from "./people.ts";

/** How many people are of each class. */
export type AdoptionCounts = Record<AdoptionClass, number>;

const noCounts = (): AdoptionCounts => ({
  same_id: 0,
  external_id: 0,
  verified_email: 0,
  ambiguous: 0,
  only_at_clerk: 0,
  only_here: 0,
});

/**
 * Compares all users at Clerk with the rows of the application's table. Reads only. It keeps a page of people in memory,
 * and makes about users / 500 calls to Clerk, and three for each 50 rows that are not synced yet.
 *
 * @param onPeople receives each person, page by page, for a list
 * @throws SyncError SCHEMA_MISMATCH, DATABASE_UNREACHABLE, and what `ClerkApi.get` throws
 */
export async function adoptionReport(
  db: Database,
  tables: ApplicationTables,
  clerk: ClerkApi,
  onPeople: (people: AdoptionPerson[]) => void | Promise<void> = () => {},
): Promise<AdoptionCounts> {
  return withSyncErrors(async () => {
    const { types } = await checkTables(db, tables);
    const rows = await rowReader(db, tables, types);
    const counts = noCounts();
    const count = async (people: AdoptionPerson[]) => {
      for (const person of people) counts[person.class]++;
      await onPeople(people);
    };
    for await (const people of peopleAtClerk(clerk, rows, ownIdColumn(tables.user) !== undefined)) await count(people);
    for await (const people of rowsOnlyHere(clerk, rows)) await count(people);
    return counts;
  });
}
