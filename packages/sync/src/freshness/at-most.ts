/**
 * Bounds an `LRUCache` to so many entries, and allocates as they come. Its option `max` allocates for all of them when the cache is
 * created, which costs a cold start a millisecond for each cache.
 */
export const atMost = (entries: number) => ({ maxSize: entries, sizeCalculation: () => 1 });
