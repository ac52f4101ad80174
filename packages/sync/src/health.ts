import { z } from "zod";
import type { ClerkApi } from "./clerk/clerk-api.ts";
import { getInstanceId } from "./clerk/directory.ts";
import type { Database } from "./database.ts";
import { SyncError, type SyncErrorCode } from "./sync-error.ts";

export interface Health {
  /** degraded: it goes on, but somebody should look. down: the database does not answer. */
  status: "ok" | "degraded" | "down";
  database: "ok" | "down";
  /** Also INSTANCE_REFUSED, where the key is of another instance than the one that the database mirrors. */
  clerk: "ok" | SyncErrorCode;
  webhook: { lastAt: Date | null; ageSeconds: number | null };
}

// So that a monitor that asks every second costs Clerk two calls a minute.
const CLERK_ANSWER_MS = 30_000;
// One overdue change may be a delivery that is still on its way; several mean that the webhook is dead, not quiet.
const OVERDUE_FINDS = 3;

// A delivery of another instance's is no sign that this one's arrive.
const webhookStatement = `with last as (
  select max("lastSeenAt") as at from "SyncEvent" where source = 'webhook' and outcome <> 'refused'
)
select (extract(epoch from last.at) * 1000)::float8 as "lastAt",
  (select id from "ClerkInstance") as active,
  floor(extract(epoch from statement_timestamp() - last.at))::float8 as "ageSeconds",
  (select count(*)::float8 from "SyncEvent" where source = 'webhook' and outcome = 'failed'
    and "lastSeenAt" > statement_timestamp() - interval '24 hours') as unusable,
  (select count(*)::float8 from "SyncEvent" where source = 'read'
    and "lastSeenAt" > greatest(last.at, statement_timestamp() - interval '24 hours')) as overdue
from last`;

const webhookSchema = z.tuple([
  z.object({
    lastAt: z.number().nullable(),
    ageSeconds: z.number().nullable(),
    active: z.string().nullable(),
    unusable: z.number(),
    overdue: z.number(),
  }),
]);

type ClerkAnswer = { instanceId: string } | { code: SyncErrorCode };

function standing(answer: ClerkAnswer, active: string | null): Health["clerk"] {
  if ("code" in answer) return answer.code;
  return active === null || active === answer.instanceId ? "ok" : "INSTANCE_REFUSED";
}

/** Never throws, and says nothing that a stranger may not know. */
export function healthCheck(db: Database, clerkApi: ClerkApi): () => Promise<Health> {
  let asked: { at: number; answer: Promise<ClerkAnswer> } | undefined;
  const askClerk = (): Promise<ClerkAnswer> => {
    if (!asked || performance.now() - asked.at > CLERK_ANSWER_MS) {
      const answer = getInstanceId(clerkApi).then(
        (instanceId) => ({ instanceId }),
        (error: unknown) => ({ code: error instanceof SyncError ? error.code : "CLERK_ERROR" }),
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
    const clerk = standing(clerkAnswer, webhook?.active ?? null);
    if (!webhook) {
      return { status: "down", database: "down", clerk, webhook: { lastAt: null, ageSeconds: null } };
    }
    const { lastAt, ageSeconds, unusable, overdue } = webhook;
    const degraded = clerk !== "ok" || unusable > 0 || overdue >= OVERDUE_FINDS;
    return {
      status: degraded ? "degraded" : "ok",
      database: "ok",
      clerk,
      webhook: { lastAt: lastAt === null ? null : new Date(lastAt), ageSeconds },
    };
  };
}
