/** The bounds of `batched`. */
export interface BatchBounds {
  /** How many batches are worked on at the same time. */
  atOnce: number;
  /** How many items a batch has at most. */
  most: number;
}

/**
 * For single users. A small pool has about four connections: more statements would only wait for one. A batch of a hundred users
 * takes little longer than a single user, and all of them wait for the slowest.
 */
export const USER_BATCHES: BatchBounds = { atOnce: 4, most: 100 };

/**
 * Works on items one by one while there are few, and on many together once there are more than `atOnce`: what arrives while all
 * are busy waits, and is then one batch. An item never joins work that has begun, so its result is never older than its call.
 *
 * @param work returns one result for each item, in their order. If it throws, all items of the batch fail
 */
export function batched<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { atOnce, most }: BatchBounds,
): (item: Item) => Promise<Result> {
  const waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  let busy = 0;

  async function workOff(): Promise<void> {
    busy++;
    for (let batch = waiting.splice(0, most); batch.length > 0; batch = waiting.splice(0, most)) {
      try {
        const results = await work(batch.map(({ item }) => item));
        if (results.length !== batch.length) throw new Error(`${batch.length} items had ${results.length} results`);
        for (const [index, result] of results.entries()) batch[index]?.resolve(result);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    busy--;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (busy < atOnce) void workOff();
    });
}
