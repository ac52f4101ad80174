export interface Pair<T> {
  rollcall: T;
  peer: T;
}

/** Measures both contenders one after the other, every other round the other way around: what one leaves warm helps both. */
export async function alternate<T>(round: number, measure: (who: keyof Pair<T>) => Promise<T>): Promise<Pair<T>> {
  if (round % 2 === 0) {
    const rollcall = await measure("rollcall");
    return { rollcall, peer: await measure("peer") };
  }
  const peer = await measure("peer");
  return { rollcall: await measure("rollcall"), peer };
}
