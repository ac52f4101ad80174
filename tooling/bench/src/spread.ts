/** What several rounds measured: the median and both quartiles. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

/** @throws if there are no values */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) };
}

export const median = (values: readonly number[]): number => spreadOf(values).median;

/** Between two values, the share of each that their distance says. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new Error("there is no median of nothing");
  return below + (above - below) * (at - Math.floor(at));
}
