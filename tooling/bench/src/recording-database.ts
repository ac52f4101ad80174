import type { Database, Queries } from "@rollcall/sync";

export interface Statement {
  text: string;
  values: readonly unknown[];
}

/** Remembers every statement, also those in transactions. */
export interface RecordingDatabase extends Database {
  /** The statements since the last call of this function. */
  take(): Statement[];
}

export function recordingDatabase(db: Database): RecordingDatabase {
  let statements: Statement[] = [];
  const recorded = (queries: Queries): Queries => ({
    query(text, values = []) {
      statements.push({ text, values });
      return queries.query(text, values);
    },
  });
  return {
    ...recorded(db),
    transaction: (work, limits) => db.transaction((transaction) => work(recorded(transaction)), limits),
    take() {
      const taken = statements;
      statements = [];
      return taken;
    },
  };
}
