/** A function that puts items in an order that the keys decide, so that a property test can repeat it. */
export function shuffler(order: Iterable<number>): <T>(items: readonly T[]) => T[] {
  const keys = order[Symbol.iterator]();
  return (items) =>
    items
      .map((item) => ({ item, key: keys.next().value ?? 0 }))
      .sort((a, b) => a.key - b.key)
      .map(({ item }) => item);
}

/** Items in batches of these sizes, in turn. */
export function inBatches<T>(items: readonly T[], sizes: readonly number[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; ) {
    const size = sizes[batches.length % sizes.length] ?? 1;
    batches.push(items.slice(start, start + size));
    start += size;
  }
  return batches;
}

/** Runs work on some connections: each takes its next piece when it has finished the last. */
export async function together(work: readonly (() => Promise<unknown>)[], connections: number): Promise<void> {
  const queue = [...work];
  const drain = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) await next();
  };
  const ended = await Promise.allSettled(Array.from({ length: connections }, drain)); // none may continue into the next round
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}
