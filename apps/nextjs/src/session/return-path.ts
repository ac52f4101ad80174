/**
 * Where to go after signing in or up: always a path of this site, whatever the address says. Clerk's links contain whole URLs, so
 * those of `origin` are accepted, too.
 */
export function returnPath(given: string | string[] | undefined, origin: string): string {
  const fallback = "/dashboard";
  if (typeof given !== "string" || !URL.canParse(given, origin)) return fallback;
  const url = new URL(given, origin);
  // A path with two leading slashes would count as another host's address.
  if (url.origin !== origin || url.pathname.startsWith("//")) return fallback;
  return `${url.pathname}${url.search}${url.hash}`;
}

/** Clerk's own name for the parameter. */
export const RETURN_PARAMETER = "redirect_url";

export const withReturn = (page: "/sign-in" | "/sign-up" | "/after-sign-up", path: string): string =>
  `${page}?${new URLSearchParams({ [RETURN_PARAMETER]: path })}`;
