import type { Database, Queries } from "../../src/index.ts";

export interface Paused {
  /** The host's client, whose transactions stop after they ran the statement. */
  db: Database;
  /** Resolves when one has stopped there. */
  reached: Promise<void>;
  resume(): void;
}

/** Stops a transaction of the write path at a chosen point, to make an interleaving that chance seldom makes. */
export function pausedAfter(db: Database, statement: string): Paused {
  const reached = signal();
  const resumed = signal();
  const pausing = (transaction: Queries): Queries => ({
    $executeRawUnsafe: (text, ...values) => transaction.$executeRawUnsafe(text, ...values),
    $queryRawUnsafe: async <T>(text: string, ...values: unknown[]): Promise<T> => {
      const result = await transaction.$queryRawUnsafe<T>(text, ...values);
      if (text === statement) {
        reached.give();
        await resumed.given;
      }
      return result;
    },
  });
  return {
    db: {
      $queryRawUnsafe: (text, ...values) => db.$queryRawUnsafe(text, ...values),
      $executeRawUnsafe: (text, ...values) => db.$executeRawUnsafe(text, ...values),
      $transaction: (work, options) => db.$transaction((transaction) => work(pausing(transaction)), options),
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
