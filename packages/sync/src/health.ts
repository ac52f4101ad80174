import { z } from "zod";
import type { ClerkApi } from "./clerk/clerk-api.ts";
import { getInstanceId } from "./clerk/directory.ts";
import type { Database } from "./database.ts";
import { SyncError, type SyncErrorCode } from "./sync-error.ts";

export interface Health {
  /** degraded: it goes on, but somebody should look. down: the database does not answer. */
  status: "ok" | "degraded" | "down";
  database: "ok" | "down";
  clerk: "ok" | SyncErrorCode;
  webhook: { lastAt: Date | null; ageSeconds: number | null };
}

// So that a monitor that asks every second costs Clerk two calls a minute.
const CLERK_ANSWER_MS = 30_000;
// One overdue change may be a delivery that is still on its way; several mean that the webhook is dead, not quiet.
const OVERDUE_FINDS = 3;

const webhookStatement = `with last as (
  select max("lastSeenAt") as at from "SyncEvent" where source = 'webhook'
)
select (extract(epoch from last.at) * 1000)::float8 as "lastAt",
  floor(extract(epoch from clock_timestamp() - last.at))::float8 as "ageSeconds",
  (select count(*)::float8 from "SyncEvent" where source = 'webhook' and outcome = 'failed'
    and "lastSeenAt" > clock_timestamp() - interval '24 hours') as unusable,
  (select count(*)::float8 from "SyncEvent" where source = 'read'
    and "lastSeenAt" > greatest(last.at, clock_timestamp() - interval '24 hours')) as overdue
from last`;

const webhookSchema = z.tuple([
  z.object({
    lastAt: z.number().nullable(),
    ageSeconds: z.number().nullable(),
    unusable: z.number(),
    overdue: z.number(),
  }),
]);

/** Never throws, and says nothing that a stranger may not know. */
export function healthCheck(db: Database, clerk: ClerkApi): () => Promise<Health> {
  let asked: { at: number; answer: Promise<Health["clerk"]> } | undefined;
  const askClerk = (): Promise<Health["clerk"]> => {
    if (!asked || performance.now() - asked.at > CLERK_ANSWER_MS) {
      const answer = getInstanceId(clerk).then(
        () => "ok" as const,
        (error: unknown) => (error instanceof SyncError ? error.code : "CLERK_ERROR"),
      );
      asked = { at: performance.now(), answer };
    }
    return asked.answer;
  };

  return async () => {
    const [rows, clerkAnswer] = await Promise.all([
      Promise.resolve(db.$queryRawUnsafe(webhookStatement)).catch(() => null),
      askClerk(),
    ]);
    const webhook = rows === null ? null : webhookSchema.parse(rows)[0];
    if (!webhook) {
      return { status: "down", database: "down", clerk: clerkAnswer, webhook: { lastAt: null, ageSeconds: null } };
    }
    const { lastAt, ageSeconds, unusable, overdue } = webhook;
    const degraded = clerkAnswer !== "ok" || unusable > 0 || overdue >= OVERDUE_FINDS;
    return {
      status: degraded ? "degraded" : "ok",
      database: "ok",
      clerk: clerkAnswer,
      webhook: { lastAt: lastAt === null ? null : new Date(lastAt), ageSeconds },
    };
  };
}
