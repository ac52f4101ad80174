// A young application's server may run for weeks. A look is one query of the catalogue.
const LOOK_AGAIN_MS = 5 * 60_000;

/**
 * Calls `start` once the tables are large, even if they were small when this process began.
 *
 * @param look must have its own time limit
 * @param start may be called again
 */
export function whenLarge(look: () => Promise<{ areLarge: boolean }>, start: () => void) {
  let lookAt = 0;

  const saw = ({ areLarge }: { areLarge: boolean }): void => {
    lookAt = areLarge ? Number.POSITIVE_INFINITY : performance.now() + LOOK_AGAIN_MS;
    if (areLarge) start();
  };

  return {
    /** The tables were just checked. */
    saw,
    /** Looks again if the last look is five minutes old. No one waits for it; after a failure the next look tries again. */
    lookAgain(): void {
      if (performance.now() < lookAt) return;
      lookAt = performance.now() + LOOK_AGAIN_MS;
      look().then(saw, () => {});
    },
  };
}
