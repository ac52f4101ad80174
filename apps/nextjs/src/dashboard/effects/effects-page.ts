import type { RouterOutputs } from "@rollcall/api";
import { DASHBOARD } from "../pages.ts";

export const effectStates = ["pending", "dead"] as const;
export type EffectState = (typeof effectStates)[number];

export type Effect = RouterOutputs["sync"]["effects"]["items"][number];

/** Shared by the browser and the server's prefetch. */
export const EFFECTS_PAGE = { limit: 50 };

/** For the summary alone; shared like `EFFECTS_PAGE`. */
export const EFFECTS_SUMMARY = { state: "dead", limit: 1 } as const;

export const effectsHref = (state: EffectState): string =>
  state === "pending" ? `${DASHBOARD}/effects` : `${DASHBOARD}/effects?state=${state}`;
