import type { Database, Queries } from "@rollcall/sync";

/** A database that counts its statements. */
export interface CountingDatabase extends Database {
  /** The statements since the last `forget`, including those in transactions. */
  readonly statements: string[];
  forget(): void;
}

export function countingDatabase(db: Database): CountingDatabase {
  const statements: string[] = [];
  const counted = (queries: Queries): Queries => ({
    $queryRawUnsafe(query, ...values) {
      statements.push(query);
      return queries.$queryRawUnsafe(query, ...values);
    },
    $executeRawUnsafe(query, ...values) {
      statements.push(query);
      return queries.$executeRawUnsafe(query, ...values);
    },
  });
  return {
    ...counted(db),
    $transaction: (work, options) => db.$transaction((transaction) => work(counted(transaction)), options),
    statements,
    forget() {
      statements.length = 0;
    },
  };
}
