import { z } from "zod/v4";
import type { Database } from "../database/database.ts";
import { cutPage, readCursor, textPlace, time } from "../page-cursor.ts";
import { type EffectType, effectTypes } from "./statements/delivery.ts";
import { deadStatement, listedRows, pendingStatement } from "./statements/overview.ts";

/** An effect of the outbox that was not delivered. */
export interface Effect {
  type: EffectType;
  userId: string;
  key: string;
  /** Since the last change, or the last `retry`. */
  attempts: number;
  occurredAt: Date;
  /** When the next attempt is due. */
  runAt: Date;
  /** When the last attempt failed, after a day; null while there are more. */
  deadAt: Date | null;
  lastError: string | null;
}

export interface EffectsAsked {
  state: "pending" | "dead";
  /** The `nextCursor` of the previous page; null for the first. */
  cursor: string | null;
  limit: number;
}

export interface EffectPage {
  items: Effect[];
  nextCursor: string | null;
}

// When it is due, or when it died; then by type and user.
const place = z.tuple([time, z.enum(effectTypes), textPlace]);

/**
 * A page of pending effects by the time when they are due, or of dead ones by the time when they died.
 *
 * @returns null if the cursor is not one of this list's
 * @throws DatabaseError
 */
export async function listEffects(db: Database, { state, cursor, limit }: EffectsAsked): Promise<EffectPage | null> {
  const after = cursor === null ? [null, null, null] : readCursor(place, cursor);
  if (!after) return null;
  const statement = state === "dead" ? deadStatement : pendingStatement;
  const effects = listedRows.parse(await db.query(statement, [...after, limit + 1]));
  return cutPage(effects, limit, ({ deadAt, runAt, type, userId }) => [(deadAt ?? runAt).getTime(), type, userId]);
}
