import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const MINUTE = 60_000;

export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["tooling/faults/specs/*.spec.ts"],
    // One after the other: each spec has the machine to itself, because limits in seconds are part of what is promised.
    fileParallelism: false,
    testTimeout: 20 * MINUTE,
    hookTimeout: MINUTE,
  },
});
