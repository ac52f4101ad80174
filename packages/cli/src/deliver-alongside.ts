import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { type Effects, SyncError } from "@rollcall/sync";

/** How often a command that lasts looks for what other processes left it. */
export const LOOK_EVERY_MS = 10_000;
// A platform that stops a process kills it after ten seconds. Another process delivers again what is cut off then.
const HANDLERS_IN_HAND_MS = 7_000;

export interface AlongsideOptions {
  signal: AbortSignal;
  /** Trouble with effects does not end the work. */
  onFailure?: (error: SyncError) => void;
}

/**
 * Delivers due effects now and every ten seconds while the work lasts, because a long run must not delay them, and those that are
 * left at its end. After the signal it waits only for the handlers that are running, for 7 s.
 */
export async function deliverAlongside<T>(
  effects: Effects,
  { signal, onFailure = () => {} }: AlongsideOptions,
  work: () => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const ends = AbortSignal.any([signal, ended.signal]);
  const deliver = (until: AbortSignal) =>
    effects.deliver({ signal: until }).then(
      () => {},
      (error: unknown) => onFailure(SyncError.from(error)),
    );
  const delivering = (async () => {
    while (!ends.aborted) {
      await deliver(ends);
      await pause(LOOK_EVERY_MS, undefined, { signal: ends }).catch(() => {});
    }
  })();
  try {
    const result = await work();
    ended.abort();
    await Promise.race([delivering.then(() => deliver(signal)), patience(signal)]);
    return result;
  } finally {
    ended.abort();
    await Promise.race([delivering, patience(ends)]);
  }
}

async function patience(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, "abort");
  await pause(HANDLERS_IN_HAND_MS, undefined, { ref: false });
}
