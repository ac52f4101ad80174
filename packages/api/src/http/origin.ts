import { originOf } from "@rollcall/auth/mount";

/**
 * May a page of this request's origin call us? A request without an origin is no browser's, or one's own navigation.
 *
 * @param allowed the default is the origin that the request was sent to
 */
export const originCheck =
  (allowed: readonly string[] | undefined) =>
  ({ headers }: Request): boolean => {
    const origin = headers.get("origin");
    return origin === null || (allowed ?? [originOf(headers)]).includes(origin);
  };

export const NO_STORE = { "cache-control": "private, no-store" };
