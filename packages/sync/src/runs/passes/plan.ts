import type { ClerkApi } from "../../clerk/clerk-api.ts";
import { countUsers, listUsers, type UserPage } from "../../clerk/directory.ts";
import { SyncError } from "../../sync-error.ts";
import { type Changes, openChanges } from "../cursors/changes-cursor.ts";
import { highWaterMarkOf } from "../cursors/high-water-mark.ts";
import type { Position } from "../cursors/position.ts";
import { openWalk } from "../cursors/walk-cursor.ts";
import { readTimes } from "./page.ts";
import type { PageResult } from "./page-result.ts";

// Below it four windows would take more calls than they save time.
const SEVERAL_WINDOWS_FROM = 20_000; // users
const WINDOWS = 4;
// A quarter of the directory that is a twentieth of it too large costs less than the calls that would find it.
const TOLERANCE = 0.05;
const PROBES = 12;
// Of so many users one has a time, even where some are malformed.
const LOOKED_AT = 10;

/** An incremental run: what has changed since the mark. */
export const planIncremental = (instanceId: string, mark: number | null): PageResult => ({
  position: null,
  opens: [{ pass: "changes", changes: openChanges(mark), afterFallback: false }],
  run: { instanceId },
});

/**
 * A full run: the directory in windows of about the same size. Listing ends at the newest user that Clerk shows now:
 * users who sign up later come by the webhook, and without this bound a walk over a busy directory might never end.
 */
export async function planFull(clerk: ClerkApi, instanceId: string): Promise<PageResult> {
  const total = await countUsers(clerk);
  const first = (order_by: "+created_at" | "-created_at" | "-updated_at") =>
    listUsers(clerk, { order_by, limit: LOOKED_AT });
  const hi = newestMoment(await first("-created_at")) + 1;
  const changed = await first("-updated_at");
  const mark = highWaterMarkOf(firstOf(readTimes(changed.users, "updated_at")), changed.at);
  const oldest =
    total < SEVERAL_WINDOWS_FROM ? null : firstOf(readTimes((await first("+created_at")).users, "created_at"));
  const bounds = oldest === null ? [] : await quantiles(clerk, oldest, hi, total);
  return { position: null, opens: windowsBetween(bounds, hi), run: { instanceId, total, mark } };
}

/** A walk over everybody, in the place of a pass over changes that are too many to read by offset. */
export async function planFallback(clerk: ClerkApi, instanceId: string, changes: Changes): Promise<PageResult> {
  const { opens = [], run } = await planFull(clerk, instanceId);
  return {
    position: null,
    opens: opens.map((position) => (position.pass === "walk" ? { ...position, fallbackFor: changes } : position)),
    // The run's total stays what its counts are compared with.
    run: { mark: run?.mark ?? null },
  };
}

const firstOf = (times: readonly (number | null)[]): number | null => times.find((time) => time !== null) ?? null;

/**
 * When the newest user was created; 0 where there are no users. One who has no time was created before Clerk's answer.
 *
 * @throws SyncError CLERK_ERROR where neither a user nor the answer has a time
 */
function newestMoment({ users, at }: UserPage): number {
  const [own, ...others] = readTimes(users, "created_at");
  if (own === undefined) return 0;
  if (own !== null) return own;
  const moment = Math.max(firstOf(others) ?? 0, at?.getTime() ?? 0);
  if (moment > 0) return moment;
  throw new SyncError("CLERK_ERROR", "Clerk's page is not of the expected form: nobody on it has a time");
}

/** [-∞, b1), [b1, b2) … [bn, hi); the last one judges upwards without end. */
export function windowsBetween(bounds: readonly number[], hi: number): Position[] {
  const rising = [...new Set(bounds)].sort((a, b) => a - b).filter((bound) => bound < hi);
  const ends = [...rising, hi];
  return ends.map((end, at) => ({
    pass: "walk",
    walk: openWalk(rising[at - 1] ?? null, end, at === ends.length - 1),
  }));
}

/** Moments before which about a quarter, a half and three quarters of the users were created. */
async function quantiles(clerk: ClerkApi, from: number, to: number, total: number): Promise<number[]> {
  const found: number[] = [];
  for (let part = 1; part < WINDOWS; part++) {
    const below = { at: found.at(-1) ?? from, count: ((part - 1) * total) / WINDOWS };
    found.push(await momentBefore(clerk, (part * total) / WINDOWS, below, { at: to, count: total }, total));
  }
  return found;
}

interface Probe {
  at: number;
  count: number;
}

/** Between two probes where the users in between were as many a day: a steady directory is met at once, any other soon. */
async function momentBefore(clerk: ClerkApi, wanted: number, low: Probe, high: Probe, total: number): Promise<number> {
  let [below, above] = [low, high];
  for (let probe = 1; ; probe++) {
    const share = (wanted - below.count) / Math.max(1, above.count - below.count);
    // Every other time the middle: where all came at once, the straight line would creep.
    const at = Math.round(below.at + (above.at - below.at) * (probe % 2 === 1 ? Math.min(1, Math.max(0, share)) : 0.5));
    const count = await countUsers(clerk, { created_at_before: at });
    if (Math.abs(count - wanted) <= (total / WINDOWS) * TOLERANCE || probe === PROBES) return at;
    if (count < wanted) below = { at, count };
    else above = { at, count };
  }
}
