import { cookieNames } from "./preferences.ts";

const A_YEAR = 365 * 24 * 60 * 60; // seconds

/** In the browser only. */
export function storePreference(name: keyof typeof cookieNames, value: string): void {
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in browsers that this app supports.
  document.cookie = `${cookieNames[name]}=${encodeURIComponent(value)}; path=/; max-age=${A_YEAR}; samesite=lax`;
}
