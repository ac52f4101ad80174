import type { ClerkApi } from "../../clerk/clerk-api.ts";
import type { Database } from "../../database/database.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { Applied } from "../../write-path/outcome.ts";
import type { WritePath } from "../../write-path/write-path.ts";
import type { Position } from "../cursors/position.ts";

/** What a pass works with. */
export interface PassParts {
  db: Database;
  clerk: ClerkApi;
  writePath: WritePath;
  /** Writes a page, or says what writing it would do: that is all that a dry run differs in. */
  apply: (snapshots: readonly Snapshot[]) => Promise<Applied[]>;
  instanceId: string;
}

/** What a page brought, or what the run's planning found out. */
export interface PageResult {
  /** Where the pass stands now; null where the window has ended. */
  position: Position | null;
  /** To be counted. */
  applied?: readonly Applied[];
  tombstoned?: number;
  /** Listed, or found by id: none of these is a candidate. */
  alive?: readonly string[];
  /** Live users created in (above, upTo] become candidates, except those that are `alive`; null = open. */
  judge?: { above: number | null; upTo: number | null; alive: readonly string[] } | null;
  /** Windows that the plan opens. */
  opens?: readonly Position[];
  run?: { instanceId?: string; total?: number; mark?: number | null; netDifference?: number; incomplete?: true };
}
