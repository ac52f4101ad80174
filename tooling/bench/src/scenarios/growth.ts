import type { Snapshot } from "@rollcall/sync";
import { alternate } from "../alternate.ts";
import type { OpenContender } from "../contenders/contender.ts";
import { copyAndMerge } from "../contenders/copy-and-merge.ts";
import { rollcall, rollcallOwnIds } from "../contenders/rollcall.ts";
import type { Database } from "../database.ts";
import { eachInTurn, medians, type PerHappening, spreads } from "../happening.ts";
import type { Bench } from "../scenario.ts";
import type { Spread } from "../spread.ts";
import { userOf, usersFrom } from "../users.ts";

const ROWS_PER_CALL = 500;
const FILL_ROWS = 10_000;
const ROUNDS = 15;
const GOLDEN_RATIO = (Math.sqrt(5) - 1) / 2;

export interface Growth {
  /** How many users the tables contain. */
  users: number;
  /** How long a call of 500 rows takes, in ms; medians. */
  msPerCall: { rollcall: PerHappening<number>; ownIds: PerHappening<number>; copyAndMerge: PerHappening<number> };
  /** Relative to COPY and merge in the same round. */
  timesAsLong: { rollcall: PerHappening<Spread>; ownIds: PerHappening<Spread> };
}

/**
 * What a call costs while the tables grow, in turn. Rollcall and COPY and merge work in the same tables; Rollcall over tables with ids
 * of their own works in another database of the same server and size.
 */
export async function measureGrowth(bench: Bench): Promise<Growth[]> {
  const { sizes, tell } = bench;
  const { database, ownIds } = bench.server;
  await using mine = rollcall.open(database.url, 1);
  await using limit = copyAndMerge.open(database.url, 1);
  await using own = rollcallOwnIds.open(ownIds.url, 1);
  const shared = await emptyTables(database);
  const separate = await emptyTables(ownIds);

  const results: Growth[] = [];
  for (const size of sizes) {
    tell(`growth, ${size.toLocaleString("en")} users`);
    await shared.fill(size, limit, FILL_ROWS);
    await separate.fill(size, own, ROWS_PER_CALL);
    const life = {
      rollcall: () => shared.live(mine, size),
      copyAndMerge: () => shared.live(limit, size),
      ownIds: () => separate.live(own, size),
    };
    for (const warmUp of Object.values(life)) await warmUp();
    const rounds = [];
    for (let round = 0; round < bench.rounds(ROUNDS); round++) {
      const { rollcall: ofMine, peer: copied } = await alternate(round, (who) =>
        who === "rollcall" ? life.rollcall() : life.copyAndMerge(),
      );
      rounds.push({ rollcall: ofMine, copyAndMerge: copied, ownIds: await life.ownIds() });
    }
    results.push({
      users: size,
      msPerCall: {
        rollcall: medians(rounds, (round, happening) => round.rollcall[happening]),
        ownIds: medians(rounds, (round, happening) => round.ownIds[happening]),
        copyAndMerge: medians(rounds, (round, happening) => round.copyAndMerge[happening]),
      },
      timesAsLong: {
        rollcall: spreads(rounds, (round, happening) => round.rollcall[happening] / round.copyAndMerge[happening]),
        ownIds: spreads(rounds, (round, happening) => round.ownIds[happening] / round.copyAndMerge[happening]),
      },
    });
  }
  return results;
}

/** The tables of one database, emptied, and the users in them. */
async function emptyTables(database: Database) {
  await database.clear();
  const renames = new Map<number, number>();
  let stored = 0;
  let picked = 0;
  const newcomers = (count: number): Snapshot[] => {
    stored += count;
    return usersFrom(stored - count, count);
  };
  return {
    async fill(size: number, contender: OpenContender, rowsPerCall: number): Promise<void> {
      while (stored < size) await contender.apply(newcomers(Math.min(rowsPerCall, size - stored)));
      await database.tidy();
    },
    /** One call for each happening, in ms. */
    async live(contender: OpenContender, size: number): Promise<PerHappening<number>> {
      // Multiples of the golden ratio are spread over the whole table, and no two of a call hit the same user.
      const known = Array.from({ length: ROWS_PER_CALL }, () => Math.floor(((picked++ * GOLDEN_RATIO) % 1) * size));
      const before = known.map((n) => ({ n, renamed: renames.get(n) ?? 0 }));
      const users = {
        insert: newcomers(ROWS_PER_CALL),
        unchanged: before.map(({ n, renamed }) => userOf(n, renamed)),
        renamed: before.map(({ n, renamed }) => userOf(n, renamed + 1)),
      };
      for (const { n, renamed } of before) renames.set(n, renamed + 1);
      const ms = await eachInTurn(async (happening) => {
        const start = performance.now();
        await contender.apply(users[happening]);
        return performance.now() - start;
      });
      await database.expectStored(users.renamed);
      return ms;
    },
  };
}
