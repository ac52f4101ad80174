/** The result of one user's snapshot. A run's `seen` is the sum over these outcomes. */
export type Outcome = Applied["outcome"];

export type Applied =
  | {
      id: string;
      /**
       * created: the `User` row was inserted. updated: it or its `ClerkUser` row was changed.
       * unchanged: everything already matched Clerk. outdated: something newer is known. deleted: there is a tombstone.
       */
      outcome: "created" | "updated" | "unchanged" | "outdated" | "deleted";
      /** The user's address appears in another user's row, or in one of the application's own rows. */
      conflict: boolean;
    }
  | {
      id: string;
      outcome: "failed";
      /** DATA_REJECTED: the user's data cannot be stored. UNLINKED: a row without Clerk's id has their verified address. */
      code: "DATA_REJECTED" | "UNLINKED";
      /** PostgreSQL's SQLSTATE, or what was wrong before the database was asked. Contains no personal data. */
      reason: string;
    };

export type Failed = Extract<Applied, { outcome: "failed" }>;

export const failed = (id: string, reason: string): Failed => ({
  id,
  outcome: "failed",
  code: "DATA_REJECTED",
  reason,
});

/** The result of each of these users, in their order. The write path answers in an order of its own, and once for each user. */
export function inOrderOf(ids: readonly string[], applied: readonly Applied[]): Applied[] {
  const results = new Map(applied.map((one) => [one.id, one]));
  return ids.map((id) => results.get(id) ?? failed(id, "no answer"));
}

export const unlinked = (id: string): Failed => ({
  id,
  outcome: "failed",
  code: "UNLINKED",
  reason: "a row without Clerk's id holds this user's verified address",
});
