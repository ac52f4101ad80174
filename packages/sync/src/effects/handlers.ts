import { SyncError } from "../sync-error.ts";
import type { UserCreated, UserDeleted, UserUpdated } from "./effect.ts";
import type { EffectType } from "./statements/delivery.ts";

/**
 * Does something once for a change: at least once, with the same key each time. An error, or no end after 30 s, means another
 * attempt: 20 within 24 hours.
 */
type Handler<Effect> = (effect: Effect) => Promise<unknown>;

/** A handler, or one that is called some time after the change, in ms: at most 30 days. */
type HandlerOption<Effect> = Handler<Effect> | { delayMs: number; run: Handler<Effect> };

/** The application's handlers, by type. */
export interface EffectHandlers {
  "user.created"?: HandlerOption<UserCreated> | undefined;
  "user.updated"?: HandlerOption<UserUpdated> | undefined;
  "user.deleted"?: HandlerOption<UserDeleted> | undefined;
}

/** The handlers without their delays. */
export interface Handlers {
  "user.created": Handler<UserCreated> | undefined;
  "user.updated": Handler<UserUpdated> | undefined;
  "user.deleted": Handler<UserDeleted> | undefined;
}

const LONGEST_DELAY_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Takes the options apart: the handlers, and the delay of each in ms.
 *
 * @throws SyncError NOT_CONFIGURED for a delay that is no number of ms up to 30 days
 */
export function readHandlers(options: EffectHandlers): { handlers: Handlers; delays: Map<EffectType, number> } {
  const delays = new Map<EffectType, number>();
  const read = <Effect>(type: EffectType, option: HandlerOption<Effect> | undefined): Handler<Effect> | undefined => {
    if (!option) return undefined;
    const { delayMs, run } = typeof option === "function" ? { delayMs: 0, run: option } : option;
    if (!(delayMs >= 0 && delayMs <= LONGEST_DELAY_MS)) {
      throw new SyncError(
        "NOT_CONFIGURED",
        `effects["${type}"].delayMs must be from 0 to ${LONGEST_DELAY_MS} ms, 30 days`,
      );
    }
    delays.set(type, delayMs);
    return run;
  };
  return {
    handlers: {
      "user.created": read("user.created", options["user.created"]),
      "user.updated": read("user.updated", options["user.updated"]),
      "user.deleted": read("user.deleted", options["user.deleted"]),
    },
    delays,
  };
}
