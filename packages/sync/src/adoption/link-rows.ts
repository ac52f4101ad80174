import { z } from "zod/v4";
import type { ClerkApi } from "../clerk/clerk-api.ts";
import type { Database } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import { retryOnRace } from "../database/retry.ts";
import { type ApplicationTables, ownIdColumn } from "../database/tables.ts";
import { SyncError } from "../sync-error.ts";
import { checkTables } from "../write-path/check-tables.ts";
import { linkStatement } from "../write-path/statements/link.ts";
import { rowReader } from "./candidate-rows.ts";
import type { AdoptionPerson } from "./classify.ts";
import { peopleAtClerk } from "./people.ts";

export interface LinkOptions {
  /**
   * external-id: the row whose id is the user's `external_id` at Clerk. verified-email: the row that holds the user's
   * verified primary address; the person who controls the address then controls the row, so be sure that the rows' addresses were verified.
   */
  by: "external-id" | "verified-email";
  /** Receives, page by page, the users whose row was not linked though one matches. */
  onLeft?: (people: AdoptionPerson[]) => void | Promise<void>;
}

export interface LinkParts {
  db: Database;
  tables: ApplicationTables;
  clerk: ClerkApi;
  /** The key's instance, if the database mirrors it. */
  instanceId: () => Promise<string>;
}

export interface Linked {
  /** Rows that hold Clerk's id from now on. */
  linked: number;
  /** Users with a row that matches but was left: it is ambiguous, matches in the other way only, or was changed meanwhile. */
  left: number;
}

const linkedRows = z.array(z.object({ clerkId: z.string() }));

/**
 * Writes Clerk's id into the rows that it belongs to, a page of users at a time; a second call continues where one was stopped.
 * It writes nothing else: the next sync does. Ambiguous rows are left, and so are users who match in the other way only.
 *
 * @throws SyncError NOT_CONFIGURED if Clerk's id is the primary key of the table, because an id that other tables refer to
 * cannot be exchanged; INSTANCE_REFUSED if the database mirrors another instance; SCHEMA_MISMATCH, DATABASE_UNREACHABLE, and what `ClerkApi.get` throws
 */
export async function linkRows(
  { db, tables, clerk, instanceId }: LinkParts,
  { by, onLeft = () => {} }: LinkOptions,
): Promise<Linked> {
  if (ownIdColumn(tables.user) === undefined) {
    throw new SyncError(
      "NOT_CONFIGURED",
      "Rows cannot be linked: Clerk's id is the table's primary key, and other tables refer to the ids that are there. Add a column for Clerk's id, and name it in `tables.user.key`, with `tables.user.id` for the primary key",
    );
  }
  return withSyncErrors(async () => {
    await instanceId();
    const { types, uniqueIndexes } = await checkTables(db, tables);
    const rows = await rowReader(db, tables, types);
    const statement = linkStatement(tables, types);
    const wanted = by === "external-id" ? "external_id" : "verified_email";
    const result: Linked = { linked: 0, left: 0 };
    for await (const people of peopleAtClerk(clerk, rows, true)) {
      const chosen = people.flatMap((person) => {
        const [rowId] = person.rowIds;
        return person.class === wanted && person.clerkId !== null && rowId !== undefined
          ? [{ clerkId: person.clerkId, rowId }]
          : [];
      });
      const values = [chosen.map(({ clerkId }) => clerkId), chosen.map(({ rowId }) => rowId)];
      const linked = await retryOnRace(uniqueIndexes, async () => linkedRows.parse(await db.query(statement, values)));
      const done = new Set(linked.map(({ clerkId }) => clerkId));
      const left = people.filter(
        (person) =>
          person.rowIds.length > 0 &&
          person.class !== "same_id" &&
          !(person.clerkId !== null && done.has(person.clerkId)),
      );
      result.linked += linked.length;
      result.left += left.length;
      if (left.length > 0) await onLeft(left);
    }
    return result;
  });
}
