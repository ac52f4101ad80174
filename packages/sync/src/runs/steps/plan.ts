import type { ClerkApi } from "../../clerk/clerk-api.ts";
import { countUsers, listUsers } from "../../clerk/directory.ts";
import { openChanges } from "../changes.ts";
import type { Position } from "../position.ts";
import { readPage } from "../read-page.ts";
import { openWalk } from "../walk.ts";
import type { Step } from "./step.ts";

// Below it four windows would take more calls than they save time.
const SEVERAL_WINDOWS_FROM = 20_000; // users
const WINDOWS = 4;
// A quarter of the directory that is a twentieth of it too large costs less than the calls that would find it.
const TOLERANCE = 0.05;
const PROBES = 12;

/** An incremental run: what has changed since the mark. */
export const planIncremental = (instanceId: string, mark: number | null): Step => ({
  position: null,
  opens: [{ pass: "changes", changes: openChanges(mark) }],
  run: { instanceId },
});

/**
 * A full run: the directory in windows of about the same size. Listing ends at the newest user that Clerk shows now:
 * whoever signs up from now on comes by himself, and without this bound a walk over a busy directory might never end.
 */
export async function planFull(clerk: ClerkApi, instanceId: string): Promise<Step> {
  const total = await countUsers(clerk);
  const known = { instanceId, at: null };
  const first = async (order_by: "+created_at" | "-created_at" | "-updated_at") =>
    readPage((await listUsers(clerk, { order_by, limit: 1 })).users, known)[0];
  const newest = await first("-created_at");
  const changed = await first("-updated_at");
  const oldest = total < SEVERAL_WINDOWS_FROM ? undefined : await first("+created_at");
  const hi = (newest?.createdAt ?? 0) + 1;
  const bounds = oldest ? await quantiles(clerk, oldest.createdAt, hi, total) : [];
  return {
    position: null,
    opens: windowsBetween(bounds, hi),
    run: { instanceId, total, mark: changed?.updatedAt ?? null },
  };
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
