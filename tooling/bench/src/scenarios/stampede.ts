import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { alternate, type Pair } from "../alternate.ts";
import { type Clerk, startClerk } from "../clerk.ts";
import { runProgram } from "../programs/run-program.ts";
import type { StampedeOptions } from "../programs/stampede.ts";
import type { Bench } from "../scenario.ts";
import { openSlowNetwork } from "../slow-network.ts";
import { type Spread, spreadOf } from "../spread.ts";

const CALLS = 1_000;
const ROUNDS = 3;
const LOOK_EVERY_MS = 5;

export const crowds = ["one user", "a user each"] as const;
export type Crowd = (typeof crowds)[number];

/** Calls that all begin together, the first ones of their process, and their users are not in the database. */
export interface Stampede {
  crowd: Crowd;
  who: keyof Pair<unknown>;
  calls: number;
  ms: Spread;
  /** Calls that threw. */
  failed: Spread;
  /** Users that have a row at the end. */
  stored: Spread;
  clerkCalls: Spread;
  roundTrips: Spread;
  /** To the database at the same moment. */
  connections: Spread;
  /** How much the process grew, in MB. */
  grownMb: Spread;
}

interface Caller {
  id: string;
  token: string;
}

const answerSchema = z.object({
  ms: z.number(),
  failed: z.number(),
  rss: z.object({ before: z.number(), most: z.number() }),
});
interface Trial
  extends Record<"ms" | "failed" | "stored" | "clerkCalls" | "roundTrips" | "connections" | "grownMb", number> {}

export async function measureStampede(bench: Bench): Promise<Stampede[]> {
  const roundCount = bench.rounds(ROUNDS);
  await using clerk = await startClerk(2 * CALLS);
  const users: Caller[] = [];
  for (const { id } of await clerk.users(CALLS)) users.push({ id, token: await clerk.signIn(id) });
  const results: Stampede[] = [];
  for (const crowd of crowds) {
    const rounds: Pair<Trial>[] = [];
    for (let round = 0; round < roundCount; round++) {
      bench.tell(`stampede, ${crowd}, round ${round + 1} of ${roundCount}`);
      rounds.push(await alternate(round, (who) => trial(bench, clerk, users, crowd, who)));
    }
    results.push(summary(crowd, "rollcall", rounds), summary(crowd, "peer", rounds));
  }
  return results;
}

async function trial(
  { server: { database } }: Bench,
  clerk: Clerk,
  users: readonly Caller[],
  crowd: Crowd,
  who: keyof Pair<Trial>,
): Promise<Trial> {
  await database.clear();
  await database.tidy();
  await using network = await openSlowNetwork(database.port, 0);
  const callers = crowd === "one user" ? users.slice(0, 1) : users;
  const url = new URL(database.url);
  url.port = String(network.port);
  const options: StampedeOptions = {
    databaseUrl: url.href,
    clerk,
    who,
    tokens: Array.from({ length: CALLS }, (_, n) => callers[n % callers.length]?.token ?? ""),
  };
  await clerk.takeRequests();
  const running = runProgram("stampede", options);
  let isOver = false;
  const most = (async () => {
    let connections = 0;
    while (!isOver) {
      const [row] = await database.query<{ open: number }>(
        "select count(*)::int as open from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      );
      connections = Math.max(connections, row?.open ?? 0);
      await pause(LOOK_EVERY_MS);
    }
    return connections;
  })();
  const done = await running.finally(() => {
    isOver = true;
  });
  const { ms, failed, rss } = answerSchema.parse(done);
  const stored = await database.query(`select from "User" where id = any($1)`, [callers.map(({ id }) => id)]);
  return {
    ...{ ms, failed, stored: stored.length },
    clerkCalls: await clerk.takeRequests(),
    roundTrips: network.roundTrips(),
    connections: await most,
    grownMb: (rss.most - rss.before) / 2 ** 20,
  };
}

function summary(crowd: Crowd, who: keyof Pair<Trial>, rounds: readonly Pair<Trial>[]): Stampede {
  const of = (figure: keyof Trial) => spreadOf(rounds.map((round) => round[who][figure]));
  return {
    ...{ crowd, who, calls: CALLS },
    ...{ ms: of("ms"), failed: of("failed"), stored: of("stored") },
    ...{ clerkCalls: of("clerkCalls"), roundTrips: of("roundTrips") },
    ...{ connections: of("connections"), grownMb: of("grownMb") },
  };
}
