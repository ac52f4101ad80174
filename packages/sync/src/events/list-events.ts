import type { SyncEvent } from "./event-log.ts";

/** An entry of the log. */
export interface LoggedEvent extends SyncEvent {
  /** Deliveries of the same event. */
  timesSeen: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
}

export const eventOutcomes = [
  "created",
  "updated",
  "unchanged",
  "outdated",
  "deleted",
  "failed",
  "ignored",
  "refused",
] as const;
export type EventOutcome = (typeof eventOutcomes)[number];

export interface EventFilter {
  source?: SyncEvent["source"] | undefined;
  /** Clerk's event type, such as `user.updated`. */
  type?: string | undefined;
  outcome?: EventOutcome | undefined;
  userId?: string | undefined;
}

/** Latest first. */
export interface EventPage {
  items: LoggedEvent[];
  /** For the next page; null if there is none. */
  nextCursor: string | null;
}
