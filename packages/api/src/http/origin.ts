import { appOrigins, originOf } from "@rollcall/auth";

/** May a page of this request's origin call us? A request without an origin is no browser's, or one's own navigation. */
export function isAllowedOrigin({ headers }: Request): boolean {
  const origin = headers.get("origin");
  return origin === null || (appOrigins ?? [originOf(headers)]).includes(origin);
}

export const NO_STORE = { "cache-control": "private, no-store" };
