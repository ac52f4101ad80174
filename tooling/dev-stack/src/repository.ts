import { fileURLToPath } from "node:url";

/** The checkout that this package stands in. */
export const repositoryRoot = fileURLToPath(new URL("../../..", import.meta.url));
