import type { errorCatalog } from "@rollcall/sync";

/** The engine's table of errors, as the server passes it to the page. */
export type ErrorCatalog = typeof errorCatalog;
