import { setTimeout as pause } from "node:timers/promises";
import type { Database } from "../database/database.ts";
import { ANSWER_MS, within } from "../database/deadline.ts";
import type { Mirror } from "../freshness/mirror.ts";
import type { Logger } from "../logger.ts";
import { withSpan } from "../tracing.ts";
import { handlerError } from "./handler-error.ts";
import type { Handlers } from "./handlers.ts";
import {
  type ClaimedEffect,
  claimedRows,
  claimStatement,
  doneStatement,
  type EffectType,
  effectTypes,
  failedRows,
  failedStatement,
} from "./statements/delivery.ts";

export interface DeliveryParts {
  db: Database;
  readMirror: (userId: string) => Promise<Mirror>;
  handlers: Handlers;
  logger: Logger;
  /** How long a handler may take, in ms. Default: 30,000. */
  handlerMs?: number;
}

/** The effects of one delivery. */
export interface Delivered {
  /** Also those with nothing left to do: the user was deleted before their `user.created` was delivered. */
  delivered: number;
  failed: number;
}

const AT_ONCE = 10; // handlers
// Other effects are added while a handler hangs: they must not wait until it ends.
const LOOK_EVERY_MS = 1_000;
// Half of the claim: another process must not call a handler that is still running.
const HANDLER_MS = 30_000;

/**
 * Calls the handlers of all effects that are due, ten at a time, until none is left or the signal. A handler that throws or
 * hangs delays no other user's effect.
 *
 * @throws DatabaseError
 */
export async function deliverEffects(parts: DeliveryParts, signal?: AbortSignal): Promise<Delivered> {
  const { db, handlers } = parts;
  const types = effectTypes.filter((type) => handlers[type]);
  const delivered: Delivered = { delivered: 0, failed: 0 };
  const running = new Set<Promise<void>>();
  let failure: { reason: unknown } | undefined;

  while (!signal?.aborted && !failure) {
    const claimed = await within(ANSWER_MS, () => db.query(claimStatement, [types, AT_ONCE - running.size]));
    for (const effect of claimedRows.parse(claimed)) {
      const delivery = deliverEffect(effect, parts)
        .then((outcome) => void delivered[outcome]++)
        .catch((reason: unknown) => {
          failure ??= { reason };
        })
        .finally(() => running.delete(delivery));
      running.add(delivery);
    }
    if (running.size === 0) break;
    await Promise.race([...running, pause(LOOK_EVERY_MS, undefined, { ref: false })]);
  }
  await Promise.all(running);
  if (failure) throw failure.reason;
  return delivered;
}

async function deliverEffect(effect: ClaimedEffect, parts: DeliveryParts): Promise<keyof Delivered> {
  const { db, logger } = parts;
  const { type, userId, version, attempts } = effect;
  const handle = await prepare(effect, parts);
  try {
    const attributes = { "rollcall.effect_type": type, "rollcall.user_id": userId, "rollcall.attempts": attempts };
    if (handle) await withSpan("rollcall.effect", attributes, handle);
  } catch (error) {
    const values = [type, userId, version, handlerError(error)];
    const [row] = failedRows.parse(await within(ANSWER_MS, () => db.query(failedStatement, values)));
    const fields = { effect: type, userId, attempts, error: error instanceof Error ? error.name : typeof error };
    if (row?.dead) logger.error({ event: "effect_dead", ...fields }, "an effect failed for a day");
    else logger.warn({ event: "effect_failed", ...fields }, "an effect failed, and is tried again");
    return "failed";
  }
  await within(ANSWER_MS, () => db.query(doneStatement, [type, userId, version]));
  return "delivered";
}

/** The call of the handler; null if there is nothing left to do. */
async function prepare(effect: ClaimedEffect, parts: DeliveryParts): Promise<(() => Promise<void>) | null> {
  const { handlers, readMirror, handlerMs = HANDLER_MS } = parts;
  const { type, userId, occurredAt } = effect;
  const mirror = await within(ANSWER_MS, () => readMirror(userId));
  const common = { key: effectKey(effect), userId, occurredAt };
  switch (type) {
    case "user.created":
    case "user.updated": {
      if (mirror.state === "absent" || mirror.state === "deleted") return null;
      return () =>
        limited(handlerMs, async (signal) => {
          if (mirror.state === "partial") throw new Error("The user's rows are not complete yet");
          if (type === "user.created") await handlers[type]?.({ type, ...common, user: mirror.user, signal });
          else await handlers[type]?.({ type, ...common, user: mirror.user, signal });
        });
    }
    case "user.deleted": {
      if (mirror.state !== "deleted") return null;
      const user = { id: mirror.id, clerkId: userId };
      return () =>
        limited(handlerMs, async (signal) => void (await handlers[type]?.({ type, ...common, user, signal })));
    }
  }
}

export const effectKey = ({ type, userId, version }: { type: EffectType; userId: string; version: string }): string =>
  `${type}:${userId}:${version}`;

async function limited(ms: number, handle: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const late = () => new Error(`The handler did not end within ${ms / 1_000} s`);
  try {
    await within(ms, () => handle(stop.signal), late);
  } finally {
    stop.abort();
  }
}
