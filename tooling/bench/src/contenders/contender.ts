import type { Snapshot } from "@rollcall/sync";

/** One way to write users into the three tables. */
export interface Contender {
  name: string;
  /** @param connections how many calls of `apply` may run in parallel */
  open(databaseUrl: string, connections: number): OpenContender;
}

export interface OpenContender extends AsyncDisposable {
  apply(users: readonly Snapshot[]): Promise<void>;
}
