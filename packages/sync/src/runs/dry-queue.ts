import { randomUUID } from "node:crypto";
import type { ActiveWindowJob, WindowQueue } from "./queue.ts";

interface Waiting {
  job: ActiveWindowJob;
  /** In `performance.now()`. */
  dueAt: number;
  taken: boolean;
}

const AGAIN_AFTER_MS = 1_000;
// A job is sent inside a transaction: a worker that takes it before the commit does not see its window.
const COMMITTED_AFTER_MS = 100;

/**
 * A dry run's jobs, in the memory of the process that works on it: they end with the process, no other process takes them, and
 * nothing is written to the database.
 */
export function openDryQueue(): WindowQueue {
  const jobs = new Map<string, Waiting>();
  const add = (job: ActiveWindowJob, afterMs: number) =>
    void jobs.set(job.id, { job, dueAt: performance.now() + afterMs, taken: false });
  return {
    async send(_transaction, job, { id = randomUUID(), afterMs = 0 } = {}) {
      add({ ...job, id }, Math.max(afterMs, COMMITTED_AFTER_MS));
      return id;
    },
    isAlive: async (jobId) => jobs.has(jobId),
    async take() {
      for (const waiting of jobs.values()) {
        if (waiting.taken || waiting.dueAt > performance.now()) continue;
        waiting.taken = true;
        return waiting.job;
      }
      return null;
    },
    complete: async ({ id }) => void jobs.delete(id),
    fail: async (job) => add(job, AGAIN_AFTER_MS),
    [Symbol.asyncDispose]: async () => jobs.clear(),
  };
}
