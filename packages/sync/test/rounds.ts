/**
 * How a property test runs: `deep` rounds in `pnpm test:deep`, a tenth of them in `pnpm test`. The environment can set the
 * number of rounds (`PROPERTY_ROUNDS`), and the seed of a failure to see it again (`PROPERTY_SEED`).
 */
export function rounds(deep: number): { numRuns: number; seed?: number } {
  const { DEEP, PROPERTY_ROUNDS, PROPERTY_SEED } = process.env;
  return {
    numRuns: Number(PROPERTY_ROUNDS ?? Math.ceil(DEEP === "1" ? deep : deep / 10)),
    ...(PROPERTY_SEED !== undefined && { seed: Number(PROPERTY_SEED) }),
  };
}
