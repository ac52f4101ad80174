import type { EventFilter } from "@rollcall/sync";
import { DASHBOARD } from "../pages.ts";

/** Shared by the browser and the server's prefetch. */
export const EVENTS_PAGE = { limit: 50 };

export const eventsHref = (filter: EventFilter): string => {
  const given = Object.entries(filter).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return given.length === 0 ? `${DASHBOARD}/events` : `${DASHBOARD}/events?${new URLSearchParams(given)}`;
};
