import type { SyncErrorCode } from "../sync-error.ts";
import type { Run } from "./run.ts";

/** The users that a run could not sync. */
export interface RunErrors {
  /** All of them, listed or not. */
  failed: number;
  /** The first 100. */
  items: { userId: string; code: SyncErrorCode; reason: string }[];
  /** Those of `items`, most frequent first. */
  byReason: { code: SyncErrorCode; reason: string; users: number }[];
}

export function errorsOf({ report: { failed, errors } }: Run): RunErrors {
  const counted = new Map<string, RunErrors["byReason"][number]>();
  for (const { code, reason } of errors) {
    const same = counted.get(`${code} ${reason}`) ?? { code, reason, users: 0 };
    counted.set(`${code} ${reason}`, { ...same, users: same.users + 1 });
  }
  return { failed, items: errors, byReason: [...counted.values()].sort((a, b) => b.users - a.users) };
}
