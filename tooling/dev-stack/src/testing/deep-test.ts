import { test } from "vitest";

/** A test for `pnpm test:deep` only: what takes seconds of CPU time, and another test of each change shows in part. */
export const deepTest = test.runIf(process.env.DEEP === "1");
