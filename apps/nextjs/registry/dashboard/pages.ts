/** The path of the overview; the other pages are below it, in `app/rollcall`. */
export const DASHBOARD = "/rollcall";

/** What a visitor sees whose account was deleted. */
export const ACCOUNT_DELETED = "/";
