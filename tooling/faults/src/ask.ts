import { type Entry, LOADED_MS, limits } from "./limits.ts";

/** One request to the app, and what came of it. */
export interface Answer {
  entry: Entry;
  /** null: the connection was refused or cut, or no answer came within the limit. */
  status: number | null;
  body: string;
  location: string | null;
  /** Until the whole body was there. */
  ms: number;
  /** Why there was no answer. */
  error: string | null;
}

export type Asked = Omit<RequestInit, "headers"> & { headers?: Record<string, string> };

/** A connection that is kept may be closed by the server at the moment at which it is used again: that is no fault of the app's. */
export const OWN_CONNECTION = { connection: "close" } as const;

/** Asks, and gives up only well after the limit of that entry. Never throws. */
export async function ask(entry: Entry, url: string, init: Asked = {}): Promise<Answer> {
  const from = performance.now();
  const since = () => performance.now() - from;
  try {
    const signal = AbortSignal.timeout(limits[entry] + 2 * LOADED_MS);
    const response = await fetch(url, {
      redirect: "manual",
      signal,
      ...init,
      headers: { ...init.headers, ...OWN_CONNECTION },
    });
    const body = await response.text();
    return {
      entry,
      status: response.status,
      body,
      location: response.headers.get("location"),
      ms: since(),
      error: null,
    };
  } catch (error) {
    return { entry, status: null, body: "", location: null, ms: since(), error: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : `${error.name}: ${error.message}`;
}
