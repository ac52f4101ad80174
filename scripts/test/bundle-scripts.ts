import { fileURLToPath } from "node:url";
import { bundlePrograms } from "@rollcall/dev-stack/testing/bundle";

const file = (name: string) => fileURLToPath(new URL(`../${name}.ts`, import.meta.url));

/** The commands as one file each. That they also start from source is a test of its own. */
export const bundleScripts = () =>
  bundlePrograms(["sync-all-users", "sync-user", "sync-adopt", "migrate", "worker"].map(file));
