import { fileURLToPath } from "node:url";

/** The checkout that contains this package. */
export const repositoryRoot = fileURLToPath(new URL("../../..", import.meta.url));
