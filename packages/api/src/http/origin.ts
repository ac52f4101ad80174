import { originOf } from "@rollcall/auth/mount";

/**
 * Whether a page of this request's origin may call. Without an origin, it is not from a browser, or it is a navigation on this
 * site.
 *
 * @param allowed default: the origin that the request was sent to
 */
export const originCheck =
  (allowed: readonly string[] | undefined) =>
  ({ headers }: Request): boolean => {
    const origin = headers.get("origin");
    return origin === null || (allowed ?? [originOf(headers)]).includes(origin);
  };

export const NO_STORE = { "cache-control": "private, no-store" };
