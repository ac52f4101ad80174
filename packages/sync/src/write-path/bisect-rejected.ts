import { readDatabaseError } from "../database/database-error.ts";

export interface Rejected<Item> {
  item: Item;
  sqlState: string;
  /** The name of the violated constraint, if the driver says it. */
  constraint?: string | undefined;
}

/**
 * Runs `work` over a batch; if PostgreSQL rejects the data, over its halves, until each invalid item is isolated. One
 * invalid user costs log2(batch) more statements and never affects the others.
 *
 * @throws any error that is not about the data
 */
export async function bisectRejected<Item, Result>(
  batch: Item[],
  uniqueIndexes: ReadonlySet<string>,
  work: (part: Item[]) => Promise<Result[]>,
): Promise<{ results: Result[]; rejected: Rejected<Item>[] }> {
  const [first] = batch;
  if (first === undefined) return { results: [], rejected: [] };
  try {
    return { results: await work(batch), rejected: [] };
  } catch (error) {
    const failure = readDatabaseError(error, uniqueIndexes);
    if (failure?.kind !== "data") throw error;
    if (batch.length === 1)
      return { results: [], rejected: [{ item: first, sqlState: failure.sqlState, constraint: failure.constraint }] };
    const middle = batch.length >> 1;
    const left = await bisectRejected(batch.slice(0, middle), uniqueIndexes, work);
    const right = await bisectRejected(batch.slice(middle), uniqueIndexes, work);
    return { results: [...left.results, ...right.results], rejected: [...left.rejected, ...right.rejected] };
  }
}
