import type { ClerkStatus } from "../clerk/clerk-status.ts";
import type { Database } from "../database/database.ts";
import type { ApplicationTables } from "../database/tables.ts";
import type { DirectoryStatus } from "../status/directory-status.ts";
import type { Check } from "./check.ts";

/** What the engine's own checks look at: all that `createRollcall` was given. */
export interface EngineContext {
  db: Database;
  tables: ApplicationTables;
  connectionString: string | undefined;
  secretKey: string;
  webhookSigningSecret: string | undefined;
  /** Never throws. */
  askClerk: () => Promise<ClerkStatus>;
  status: () => Promise<DirectoryStatus>;
  /** Whether the last session token that this process saw had the claim `updated_at`; null if it saw none. */
  hasUpdatedAt: () => boolean | null;
}

export type EngineCheck = Check<EngineContext>;
