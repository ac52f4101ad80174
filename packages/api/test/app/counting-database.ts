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
    query(text, values) {
      statements.push(text);
      return queries.query(text, values);
    },
  });
  return {
    ...counted(db),
    transaction: (work, limits) => db.transaction((transaction) => work(counted(transaction)), limits),
    statements,
    forget() {
      statements.length = 0;
    },
  };
}
