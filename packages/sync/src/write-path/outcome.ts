/** What became of one user's snapshot. `seen` of a run is the sum over these outcomes. */
export type Outcome = Applied["outcome"];

export type Applied =
  | {
      id: string;
      /**
       * created: the `User` row came to be. updated: something of it or of its `ClerkUser` row was written.
       * unchanged: everything stood as Clerk says. outdated: something newer is known. deleted: a tombstone stands.
       */
      outcome: "created" | "updated" | "unchanged" | "outdated" | "deleted";
      /** The user's address is shown at another user, or at a row of the application's own. */
      conflict: boolean;
    }
  | {
      id: string;
      outcome: "failed";
      code: "DATA_REJECTED";
      /** The SQLSTATE that PostgreSQL gave, or what was wrong before it was asked. Holds nothing personal. */
      reason: string;
    };

export const failed = (id: string, reason: string): Applied => ({
  id,
  outcome: "failed",
  code: "DATA_REJECTED",
  reason,
});
