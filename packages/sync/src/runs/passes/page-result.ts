import type { ClerkApi } from "../../clerk/clerk-api.ts";
import type { Database } from "../../database/database.ts";
import type { Snapshot } from "../../snapshot/snapshot.ts";
import type { Applied } from "../../write-path/outcome.ts";
import type { WritePath } from "../../write-path/write-path.ts";
import type { Position } from "../cursors/position.ts";

/** What a pass needs. */
export interface PassParts {
  db: Database;
  clerk: ClerkApi;
  writePath: WritePath;
  /** Writes a page, or reports what writing it would do. A dry run differs only in this. */
  apply: (snapshots: readonly Snapshot[]) => Promise<Applied[]>;
  instanceId: string;
}

/** The result of a page, or of the run's planning. */
export interface PageResult {
  /** The pass's next state; null if the window has ended. */
  position: Position | null;
  /** What to count. */
  applied?: readonly Applied[];
  tombstoned?: number;
  /** Listed or found by id: these are not candidates. */
  alive?: readonly string[];
  /** Live users created in (above, upTo] become candidates, except those that are `alive`; null = open. */
  judge?: { above: number | null; upTo: number | null; alive: readonly string[] } | null;
  /** Windows that the plan opens. */
  opens?: readonly Position[];
  run?: { instanceId?: string; total?: number; mark?: number | null; netDifference?: number; incomplete?: true };
}
