import type { Snapshot } from "@rollcall/sync";
import type { OpenContender } from "../contenders/contender.ts";
import { copyAndMerge } from "../contenders/copy-and-merge.ts";
import { rollcall } from "../contenders/rollcall.ts";
import type { Database } from "../database.ts";
import { eachInTurn, medians, type PerHappening } from "../happening.ts";
import { userOf, usersFrom } from "../users.ts";

const ROWS_PER_CALL = 500;
const FILL_ROWS = 10_000;
const ROUNDS = 15;
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

export interface Growth {
  /** How many users the tables contain. */
  users: number;
  /** How long a call of 500 rows takes, in ms; medians. */
  msPerCall: { rollcall: PerHappening<number>; copyAndMerge: PerHappening<number> };
}

/** What a call costs while the tables grow. Both contenders work in the same tables, in turn. */
export async function measureGrowth(
  database: Database,
  sizes: readonly number[],
  tell: (what: string) => void,
): Promise<Growth[]> {
  await database.clear();
  await using mine = rollcall.open(database.url, 1);
  await using limit = copyAndMerge.open(database.url, 1);
  const renames = new Map<number, number>();
  let stored = 0;
  let picked = 0;

  const newcomers = (count: number): Snapshot[] => {
    stored += count;
    return usersFrom(stored - count, count);
  };
  const life = async (contender: OpenContender, size: number): Promise<PerHappening<number>> => {
    // Multiples of the golden ratio are spread over the whole table, and no two of a call hit the same user.
    const known = Array.from({ length: ROWS_PER_CALL }, () => Math.floor(((picked++ * GOLDEN_RATIO) % 1) * size));
    const stored = known.map((n) => ({ n, before: renames.get(n) ?? 0 }));
    const users = {
      insert: newcomers(ROWS_PER_CALL),
      unchanged: stored.map(({ n, before }) => userOf(n, before)),
      renamed: stored.map(({ n, before }) => userOf(n, before + 1)),
    };
    for (const { n, before } of stored) renames.set(n, before + 1);
    const ms = await eachInTurn(async (happening) => {
      const start = performance.now();
      await contender.apply(users[happening]);
      return performance.now() - start;
    });
    await database.expectStored(users.renamed);
    return ms;
  };

  const results: Growth[] = [];
  for (const size of sizes) {
    tell(`growth, ${size.toLocaleString("en")} users`);
    while (stored < size) await limit.apply(newcomers(Math.min(FILL_ROWS, size - stored)));
    await database.tidy();
    for (const contender of [mine, limit]) await life(contender, size); // warms up
    const rounds = [];
    for (let round = 0; round < ROUNDS; round++) {
      rounds.push({ rollcall: await life(mine, size), copyAndMerge: await life(limit, size) });
    }
    results.push({
      users: size,
      msPerCall: {
        rollcall: medians(rounds, (round, happening) => round.rollcall[happening]),
        copyAndMerge: medians(rounds, (round, happening) => round.copyAndMerge[happening]),
      },
    });
  }
  return results;
}
