import PQueue from "p-queue";
import { type AfterAnswer, createBackgroundWork } from "../background-work.ts";
import type { Database } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import { ANSWER_MS, within } from "../database/deadline.ts";
import type { Mirror } from "../freshness/mirror.ts";
import type { Logger } from "../logger.ts";
import { memoizeFor } from "../memoize-for.ts";
import type { WritePath } from "../write-path/write-path.ts";
import { type Delivered, deliverEffects } from "./deliver.ts";
import { type EffectHandlers, readHandlers } from "./handlers.ts";
import { type Effect, type EffectPage, type EffectsAsked, listEffects } from "./list-effects.ts";
import { type EffectType, effectTypes, registerStatement } from "./statements/delivery.ts";
import {
  countRow,
  ofUserRows,
  ofUserStatement,
  retryStatement,
  summaryRow,
  summaryStatement,
  unregisterStatement,
} from "./statements/overview.ts";

/** An effect of one user, delivered or not. */
export interface UserEffect extends Effect {
  done: boolean;
}

export interface EffectsSummary {
  /** The types that are handled, and since when. */
  types: { type: EffectType; since: Date }[];
  pending: number;
  dead: number;
  /** Since when the oldest pending effect is due; null if none is due. */
  dueSince: Date | null;
}

/** Which effects. Default: all. */
export interface EffectsOnly {
  type?: EffectType | undefined;
  userId?: string | undefined;
}

/** The outbox. All methods throw SyncError DATABASE_UNREACHABLE or SCHEMA_MISMATCH, `deliver` also INSTANCE_REFUSED. */
export interface Effects {
  /**
   * Delivers all effects that are due and that this process handles, until none is left or the signal. Nothing happens in a
   * process without handlers.
   */
  deliver(options?: { signal?: AbortSignal | undefined }): Promise<Delivered>;
  /** The same after the response. Never throws: an error is logged. */
  deliverInBackground(options?: AfterAnswer): void;
  summary(): Promise<EffectsSummary>;
  /** Pending ones by the time when they are due, dead ones by the time when they died. null if the cursor is not one of this list's. */
  list(asked: EffectsAsked): Promise<EffectPage | null>;
  ofUser(userId: string): Promise<UserEffect[]>;
  /** Makes failed effects due now, with 20 new attempts each. @returns how many */
  retry(only?: EffectsOnly): Promise<number>;
  /**
   * Forgets a type that no process handles any more: writes no longer add it to the outbox, and what was not delivered is
   * dropped. A process that still handles it registers it again at its next start.
   *
   * @returns how many were dropped
   */
  unregister(type: EffectType): Promise<number>;
}

export interface EffectsParts {
  db: Database;
  readMirror: (userId: string) => Promise<Mirror>;
  handlers: EffectHandlers;
  /** Throws in a process of another instance, such as a preview on a copy of the database: it must not deliver this one's effects. */
  checkInstance?: () => Promise<void>;
  afterAnswer: () => AfterAnswer;
  logger: Logger;
}

/** @throws SyncError NOT_CONFIGURED for a delay that is no number of ms up to 30 days */
export function createEffects({ handlers: options, ...parts }: EffectsParts): {
  effects: Effects;
  /** The write path of a process with handlers. */
  withEffects(writePath: WritePath, deliver: "later" | "after the answer"): WritePath;
} {
  const { db } = parts;
  const { handlers, delays } = readHandlers(options);
  const isIdle = delays.size === 0;
  const register = memoizeFor(Number.POSITIVE_INFINITY, async () => {
    await within(ANSWER_MS, () => db.query(registerStatement, [[...delays.keys()], [...delays.values()]]));
  });
  const turns = new PQueue({ concurrency: 1 });
  const deliver = (signal?: AbortSignal): Promise<Delivered> =>
    withSyncErrors(async () => {
      if (isIdle) return { delivered: 0, failed: 0 };
      await parts.checkInstance?.();
      await register();
      return turns.add(() => deliverEffects({ ...parts, handlers }, signal));
    });
  const background = createBackgroundWork((stop) => deliver(stop), {
    ...parts,
    failure: { event: "effects_failed", message: "effects could not be delivered" },
  });
  const ask = <T>(work: () => Promise<T>): Promise<T> => withSyncErrors(() => within(ANSWER_MS, work));

  return {
    effects: {
      deliver: ({ signal } = {}) => deliver(signal),
      deliverInBackground: (afterAnswer) => {
        if (!isIdle) background.start(afterAnswer);
      },
      summary: () => ask(async () => summaryRow.parse(await db.query(summaryStatement))[0]),
      list: (asked) => ask(() => listEffects(db, asked)),
      ofUser: (userId) =>
        ask(async () => ofUserRows.parse(await db.query(ofUserStatement, [userId, [...effectTypes]]))),
      retry: ({ type = null, userId = null } = {}) =>
        ask(async () => countRow.parse(await db.query(retryStatement, [type, userId]))[0].effects),
      unregister: (type) => ask(async () => countRow.parse(await db.query(unregisterStatement, [type]))[0].effects),
    },
    withEffects(writePath, when) {
      if (isIdle) return writePath;
      const written = () => {
        if (when === "after the answer") background.start();
      };
      return {
        ...writePath,
        async applySnapshots(snapshots, options) {
          await withSyncErrors(register);
          const applied = await writePath.applySnapshots(snapshots, options);
          if (applied.some(({ outcome }) => outcome === "created" || outcome === "updated")) written();
          return applied;
        },
        async applyDeletions(ids, by) {
          await withSyncErrors(register);
          const applied = await writePath.applyDeletions(ids, by);
          written();
          return applied;
        },
      };
    },
  };
}
