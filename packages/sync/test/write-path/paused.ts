import type { Database, Queries } from "../../src/index.ts";

export interface Paused {
  /** The host's client. Its transactions pause after the statement. */
  db: Database;
  /** Resolves when one has paused there. */
  reached: Promise<void>;
  resume(): void;
}

/** Pauses a transaction of the write path at a chosen point, to create a rare interleaving. */
export function pausedAfter(db: Database, statement: string): Paused {
  const reached = signal();
  const resumed = signal();
  const pausing = (transaction: Queries): Queries => ({
    query: async (text, values) => {
      const result = await transaction.query(text, values);
      if (text === statement) {
        reached.give();
        await resumed.given;
      }
      return result;
    },
  });
  return {
    db: {
      query: (text, values) => db.query(text, values),
      transaction: (work, limits) => db.transaction((transaction) => work(pausing(transaction)), limits),
    },
    reached: reached.given,
    resume: () => resumed.give(),
  };
}

function signal(): { given: Promise<void>; give: () => void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}
