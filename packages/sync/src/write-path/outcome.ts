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
      code: "DATA_REJECTED";
      /** PostgreSQL's SQLSTATE, or what was wrong before the database was asked. Contains no personal data. */
      reason: string;
    };

export const failed = (id: string, reason: string): Applied => ({
  id,
  outcome: "failed",
  code: "DATA_REJECTED",
  reason,
});
