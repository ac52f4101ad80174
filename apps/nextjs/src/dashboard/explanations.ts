import type { errorCatalog } from "@rollcall/sync";

/** The engine's table of what can go wrong, as the server hands it to the page. */
export type Explanations = typeof errorCatalog;
