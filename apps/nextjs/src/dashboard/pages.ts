/** The path of the overview; the other pages are below it. */
export const DASHBOARD = "/dashboard";

/** What a visitor sees whose account was deleted. */
export const ACCOUNT_DELETED = "/account-deleted";
