import { prepared } from "../../database/prepared.ts";
import type { ApplicationTables } from "../../database/tables.ts";
import { shownBeforeStatement, updatedEffectsStatement } from "../../effects/statements/outbox.ts";
import { insertTombstonesStatement, projectStatement, recordStatement, releaseStatement } from "./contended.ts";
import { fastStatement, previewStatement } from "./fast.ts";
import type { ColumnTypes } from "./names.ts";

export type WriteStatements = ReturnType<typeof writeStatements>;

/** Every statement of the write path that names the application's tables. */
export const writeStatements = (tables: ApplicationTables, types?: ColumnTypes) => ({
  fast: fastStatement(tables, types),
  fastForOne: prepared(fastStatement(tables, types, { one: true })),
  fastForDelivery: prepared(fastStatement(tables, types, { one: true, delivered: true })),
  preview: previewStatement(tables, types),
  record: recordStatement(tables),
  insertTombstones: insertTombstonesStatement(tables),
  shownBefore: shownBeforeStatement(tables),
  release: releaseStatement(tables, types),
  project: projectStatement(tables, types),
  updatedEffects: updatedEffectsStatement(tables),
});
