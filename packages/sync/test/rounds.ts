import { inject } from "vitest";

/** A size for `pnpm test:deep`, and one that shows the same in `pnpm test`. */
export const atScale = (deep: number, small: number): number => (process.env.DEEP === "1" ? deep : small);

/**
 * How a property test runs: `deep` rounds in `pnpm test:deep`, a fortieth of them in `pnpm test`, and an eightieth where the test
 * is repeated over other tables. The environment can set the number of rounds (`PROPERTY_ROUNDS`), and the seed of a
 * failure to see it again (`PROPERTY_SEED`).
 */
export function rounds(deep: number): { numRuns: number; seed?: number } {
  const { DEEP, PROPERTY_ROUNDS, PROPERTY_SEED } = process.env;
  const share = inject("mapping") === "default" ? 40 : 80;
  return {
    numRuns: Number(PROPERTY_ROUNDS ?? Math.ceil(DEEP === "1" ? deep : deep / share)),
    ...(PROPERTY_SEED !== undefined && { seed: Number(PROPERTY_SEED) }),
  };
}
