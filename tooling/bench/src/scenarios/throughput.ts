import type { Snapshot } from "@rollcall/sync";
import type { OpenContender } from "../contenders/contender.ts";
import { copyAndMerge } from "../contenders/copy-and-merge.ts";
import { prismaUsualWay } from "../contenders/prisma-usual-way.ts";
import { rollcall } from "../contenders/rollcall.ts";
import type { Database } from "../database.ts";
import { eachInTurn, medians, type PerHappening, spreads } from "../happening.ts";
import type { Bench } from "../scenario.ts";
import type { Spread } from "../spread.ts";
import { usersFrom } from "../users.ts";

const CONNECTIONS = [1, 2, 4];
const ROWS_PER_CALL = [1, 100, 500, 1_000];
const ROUNDS = 5;

export interface Throughput {
  connections: number;
  rowsPerCall: number;
  /** Medians over the rounds. The usual way has no calls with several rows: it has one figure per number of connections. */
  usersPerSecond: {
    rollcall: PerHappening<number>;
    copyAndMerge: PerHappening<number>;
    usualWay: PerHappening<number>;
  };
  /** Rollcall's users per second, relative to the other's in the same round. */
  timesAsFastAs: { copyAndMerge: PerHappening<Spread>; usualWay: PerHappening<Spread> };
}

type Round = Throughput["usersPerSecond"];

/** How many users per second each contender writes, from empty tables on. */
export async function measureThroughput({
  server: { database },
  rounds: roundsOf,
  tell,
}: Bench): Promise<Throughput[]> {
  const roundCount = roundsOf(ROUNDS);
  const results: Throughput[] = [];
  for (const connections of CONNECTIONS) {
    await using mine = rollcall.open(database.url, connections);
    await using limit = copyAndMerge.open(database.url, connections);
    await using usual = prismaUsualWay.open(database.url, connections);
    for (const contender of [mine, limit, usual]) await trial(database, contender, connections, 100, 400); // warms up

    const rounds = ROWS_PER_CALL.map((rowsPerCall) => ({ rowsPerCall, measured: [] as Round[] }));
    for (let round = 0; round < roundCount; round++) {
      tell(`throughput, ${connections} connection(s), round ${round + 1} of ${roundCount}`);
      const usualWay = await trial(database, usual, connections, 1, 200 * connections);
      for (const { rowsPerCall, measured } of rounds) {
        const count = rowsPerCall === 1 ? 200 * connections : Math.max(4_000, 2 * rowsPerCall * connections);
        const run = (contender: OpenContender) => trial(database, contender, connections, rowsPerCall, count);
        const first = await run(round % 2 ? mine : limit);
        const second = await run(round % 2 ? limit : mine);
        const [ofMine, ofLimit] = round % 2 ? [first, second] : [second, first];
        measured.push({ rollcall: ofMine, copyAndMerge: ofLimit, usualWay });
      }
    }
    results.push(...rounds.map(({ rowsPerCall, measured }) => summary(connections, rowsPerCall, measured)));
  }
  return results;
}

const summary = (connections: number, rowsPerCall: number, rounds: Round[]): Throughput => ({
  connections,
  rowsPerCall,
  usersPerSecond: {
    rollcall: medians(rounds, (round, happening) => round.rollcall[happening]),
    copyAndMerge: medians(rounds, (round, happening) => round.copyAndMerge[happening]),
    usualWay: medians(rounds, (round, happening) => round.usualWay[happening]),
  },
  timesAsFastAs: {
    copyAndMerge: spreads(rounds, (round, happening) => round.rollcall[happening] / round.copyAndMerge[happening]),
    usualWay: spreads(rounds, (round, happening) => round.rollcall[happening] / round.usualWay[happening]),
  },
});

/** The history of this many users, from their sign-up on. @returns users per second */
async function trial(
  database: Database,
  contender: OpenContender,
  connections: number,
  rowsPerCall: number,
  count: number,
): Promise<PerHappening<number>> {
  const users = { insert: usersFrom(0, count), unchanged: usersFrom(0, count), renamed: usersFrom(0, count, 1) };
  await database.clear();
  const speeds = await eachInTurn(async (happening) => {
    const ms = await apply(contender, users[happening], connections, rowsPerCall);
    await database.tidy();
    return (count / ms) * 1_000;
  });
  await database.expectStored(users.renamed);
  return speeds;
}

/** Applies all users, with this many rows per call and parallel calls. @returns how long that took, in ms */
async function apply(contender: OpenContender, users: Snapshot[], connections: number, rows: number): Promise<number> {
  const calls = Array.from({ length: users.length / rows }, (_, i) => users.slice(i * rows, (i + 1) * rows));
  const start = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (let call = calls.shift(); call; call = calls.shift()) await contender.apply(call);
    }),
  );
  return performance.now() - start;
}
