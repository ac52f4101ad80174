import { alternate } from "../alternate.ts";
import { copyAndMerge } from "../contenders/copy-and-merge.ts";
import { prismaUsualWay } from "../contenders/prisma-usual-way.ts";
import { rollcall } from "../contenders/rollcall.ts";
import { eachInTurn, medians, type PerHappening, spreads } from "../happening.ts";
import type { Bench } from "../scenario.ts";
import { openSlowNetwork } from "../slow-network.ts";
import type { Spread } from "../spread.ts";
import { userOf, usersFrom } from "../users.ts";

const LATENCIES_MS = [0, 5];
const USERS = 60;
const OTHERS = 10_000;

export interface OneUser {
  /** In each direction. */
  latencyMs: number;
  /** How long a user takes, in ms; medians. */
  msPerUser: { rollcall: PerHappening<number>; usualWay: PerHappening<number> };
  /** The usual way's time, relative to Rollcall's in the same round. */
  timesAsFast: PerHappening<Spread>;
}

/** What one sign-in costs, in tables that already contain users. */
export async function measureOneUser({ server: { database }, rounds: roundsOf, tell }: Bench): Promise<OneUser[]> {
  await database.clear();
  await using fill = copyAndMerge.open(database.url, 1);
  await fill.apply(usersFrom(0, OTHERS));
  await database.tidy();

  const results: OneUser[] = [];
  let next = OTHERS;
  for (const latencyMs of LATENCIES_MS) {
    tell(`one user, ${latencyMs} ms of latency`);
    await using network = await openSlowNetwork(database.port, latencyMs);
    const url = new URL(database.url);
    if (latencyMs > 0) url.port = String(network.port);
    await using mine = rollcall.open(url.href, 1);
    await using usual = prismaUsualWay.open(url.href, 1);

    const life = async (contender: typeof mine): Promise<PerHappening<number>> => {
      const n = next++;
      const users = { insert: userOf(n), unchanged: userOf(n), renamed: userOf(n, 1) };
      return eachInTurn(async (happening) => {
        const start = performance.now();
        await contender.apply([users[happening]]);
        return performance.now() - start;
      });
    };
    const rounds = [];
    for (let round = 0; round < roundsOf(USERS); round++) {
      rounds.push(await alternate(round, (who) => life(who === "rollcall" ? mine : usual)));
    }
    results.push({
      latencyMs,
      msPerUser: {
        rollcall: medians(rounds, (round, happening) => round.rollcall[happening]),
        usualWay: medians(rounds, (round, happening) => round.peer[happening]),
      },
      timesAsFast: spreads(rounds, (round, happening) => round.peer[happening] / round.rollcall[happening]),
    });
  }
  return results;
}
