import type { ClerkApi } from "../../clerk/clerk-api.ts";
import { countUsers, listUsers, type UserPage } from "../../clerk/directory.ts";
import { SyncError } from "../../sync-error.ts";
import { type Changes, openChanges } from "../cursors/changes-cursor.ts";
import { highWaterMarkOf } from "../cursors/high-water-mark.ts";
import type { Position } from "../cursors/position.ts";
import { openWalk } from "../cursors/walk-cursor.ts";
import { readTimes } from "./page.ts";
import type { PageResult } from "./page-result.ts";

// Below this, four windows cost more calls than they save time.
const SEVERAL_WINDOWS_FROM = 20_000; // users
const WINDOWS = 4;
// A window that is too large by a twentieth of the directory costs less than the calls to find a better bound.
const TOLERANCE = 0.05;
const PROBES = 12;
// Among this many users, one has a time, even if some are malformed.
const LOOKED_AT = 10;

/** An incremental run: the changes since the high-water mark. */
export const planIncremental = (instanceId: string, mark: number | null): PageResult => ({
  position: null,
  opens: [{ pass: "changes", changes: openChanges(mark), afterFallback: false }],
  run: { instanceId },
});

/**
 * A full run: the directory in windows of about the same size. Listing ends at the newest user that Clerk shows now: the webhook
 * reports users who sign up later, and without this bound a walk over a busy directory might never end.
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

/** A walk over all users. Replaces a pass over changes that are too many to read by offset. */
export async function planFallback(clerk: ClerkApi, instanceId: string, changes: Changes): Promise<PageResult> {
  const { opens = [], run } = await planFull(clerk, instanceId);
  return {
    position: null,
    opens: opens.map((position) => (position.pass === "walk" ? { ...position, fallbackFor: changes } : position)),
    // The run's counts are compared with its first total, so the total stays.
    run: { mark: run?.mark ?? null },
  };
}

const firstOf = (times: readonly (number | null)[]): number | null => times.find((time) => time !== null) ?? null;

/**
 * When the newest user was created; 0 if there are no users. A user without a time was created before Clerk's response.
 *
 * @throws SyncError CLERK_ERROR if neither a user nor the response has a time
 */
function newestMoment({ users, at }: UserPage): number {
  const [own, ...others] = readTimes(users, "created_at");
  if (own === undefined) return 0;
  if (own !== null) return own;
  const moment = Math.max(firstOf(others) ?? 0, at?.getTime() ?? 0);
  if (moment > 0) return moment;
  throw new SyncError("CLERK_ERROR", "Clerk's page is not of the expected form: no user on it has a time");
}

/** [-∞, b1), [b1, b2) … [bn, hi); the last one has no upper bound for missing users. */
export function windowsBetween(bounds: readonly number[], hi: number): Position[] {
  const rising = [...new Set(bounds)].sort((a, b) => a - b).filter((bound) => bound < hi);
  const ends = [...rising, hi];
  return ends.map((end, at) => ({
    pass: "walk",
    walk: openWalk(rising[at - 1] ?? null, end, at === ends.length - 1),
  }));
}

/** The times by which about a quarter, a half and three quarters of the users were created. */
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

/**
 * Interpolates between two probes, as if sign-ups were steady between them: exact for a steady directory, and quick for others.
 */
async function momentBefore(clerk: ClerkApi, wanted: number, low: Probe, high: Probe, total: number): Promise<number> {
  let [below, above] = [low, high];
  for (let probe = 1; ; probe++) {
    const share = (wanted - below.count) / Math.max(1, above.count - below.count);
    // Every other time, take the middle: if all signed up together, interpolation would creep.
    const at = Math.round(below.at + (above.at - below.at) * (probe % 2 === 1 ? Math.min(1, Math.max(0, share)) : 0.5));
    const count = await countUsers(clerk, { created_at_before: at });
    if (Math.abs(count - wanted) <= (total / WINDOWS) * TOLERANCE || probe === PROBES) return at;
    if (count < wanted) below = { at, count };
    else above = { at, count };
  }
}
