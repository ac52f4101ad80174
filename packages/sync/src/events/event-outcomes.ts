/** What came of a delivery, or of a change that a read found. Without imports, so that a browser can load it. */
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
