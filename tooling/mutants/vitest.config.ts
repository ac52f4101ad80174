import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vitest/config";
import { mutants } from "./src/mutants.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Removes the protection that the environment names while its file is loaded: no source is copied or edited. */
function mutate(name: string | undefined): Plugin {
  const mutant = mutants.find((one) => one.name === name);
  if (name && !mutant) throw new Error(`There is no mutant "${name}"`);
  return {
    name: "mutate",
    enforce: "pre",
    transform(code, id) {
      if (!mutant || id !== `${root}packages/sync/src/${mutant.file}`) return;
      return code.replace(mutant.find, () => mutant.replace);
    },
  };
}

export default defineConfig({
  root,
  plugins: [mutate(process.env.MUTANT)],
  test: {
    globalSetup: "tooling/dev-stack/src/testing/global-setup.ts",
    include: ["packages/sync/test/**/*.test.ts"],
    provide: { timeZone: "UTC", mapping: "default" },
    pool: "forks",
    maxWorkers: 2,
    bail: 1,
    // A mutant may wait forever for a lock.
    testTimeout: 60_000,
    hookTimeout: 30_000,
  },
});
