import { createClient } from "@rollcall/db/client";
import { createRollcall, type Rollcall } from "@rollcall/sync";
import { statementNameGenerator } from "@rollcall/sync/prisma";
import { z } from "zod";
import { cpuOf } from "../cpu.ts";
import { usersFrom } from "../users.ts";
import { answer, asked } from "./message.ts";
import { profiled } from "./profile.ts";

const optionsSchema = z.object({
  databaseUrl: z.string(),
  clerkUrl: z.string(),
  secretKey: z.string(),
  users: z.number(),
  /** Windows of the run at a time, or calls of the write path. */
  workers: z.number(),
  /** A run from Clerk, or the write path alone with users that are in memory. */
  who: z.enum(["run", "write path"]),
  withProfile: z.boolean(),
  postgresPid: z.number().optional(),
  clerkPid: z.number().optional(),
});
export type FullRunOptions = z.infer<typeof optionsSchema>;

const ROWS_PER_CALL = 500;

/** @throws if the run does not end well */
async function run({ runs }: Rollcall, { users, workers }: FullRunOptions): Promise<void> {
  const { runId } = await runs.start({ startedBy: "bench", kind: "full", dryRun: false, confirmDeletions: false });
  await runs.work({ runId, workers });
  const done = await runs.get(runId);
  const { state, seen, failed } = done?.report ?? { state: "gone", seen: 0, failed: 0 };
  if (state !== "done" || seen !== users || failed > 0) {
    throw new Error(`The run is ${state}: of ${users} users it saw ${seen}, and ${failed} failed`);
  }
}

async function write({ applySnapshots }: Rollcall, { users, workers }: FullRunOptions): Promise<void> {
  const firsts = Array.from({ length: Math.ceil(users / ROWS_PER_CALL) }, (_, index) => index * ROWS_PER_CALL).values();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (const first of firsts) await applySnapshots(usersFrom(first, Math.min(ROWS_PER_CALL, users - first)));
    }),
  );
}

const options = optionsSchema.parse(await asked());
const { databaseUrl, clerkUrl, secretKey, who, withProfile, postgresPid, clerkPid } = options;
const db = createClient(databaseUrl, { statementNameGenerator });
const rollcall = createRollcall({ db, connectionString: databaseUrl, clerk: { secretKey, apiUrl: clerkUrl } });
const work = () => (who === "run" ? run(rollcall, options) : write(rollcall, options));

async function pass() {
  const start = performance.now();
  const pids = [process.pid, postgresPid, clerkPid];
  const { done, usedMs } = await cpuOf(pids, async () => (withProfile ? profiled(work) : work().then(() => null)));
  const [own = null, postgres = null, clerk = null] = usedMs;
  return { ms: performance.now() - start, cpuMs: { own, postgres, clerk }, profile: done };
}

const first = await pass();
await db.$executeRawUnsafe("vacuum analyze");
const unchanged = await pass();
await db.$disconnect();
answer({ first, unchanged });
