import { clerkKey, clock, instance, sessionClaims } from "./clerk.ts";
import type { EngineCheck } from "./context.ts";
import { database, timeZone } from "./database.ts";
import { deadEffects, deliveredEffects } from "./effects.ts";
import { rights } from "./rights.ts";
import { columns, duplicates, migrations, ownIndexes } from "./tables.ts";
import { counts, unsynced } from "./users.ts";
import { deliveries, usableDeliveries, webhookSecret } from "./webhook.ts";
import { queue, runs, workerConnection } from "./workers.ts";

/** In the order in which they run: each after those that it requires. */
export const engineChecks: readonly EngineCheck[] = [
  database,
  timeZone,
  rights,
  migrations,
  ownIndexes,
  columns,
  duplicates,
  workerConnection,
  queue,
  clerkKey,
  clock,
  instance,
  sessionClaims,
  webhookSecret,
  deliveries,
  usableDeliveries,
  unsynced,
  counts,
  runs,
  deliveredEffects,
  deadEffects,
];
