import { alternate, type Pair } from "../alternate.ts";
import { startClerk } from "../clerk.ts";
import { copyAndMerge } from "../contenders/copy-and-merge.ts";
import { cpuOf } from "../cpu.ts";
import { type Delivery, deliver } from "../deliveries.ts";
import { startHostApp } from "../host-app.ts";
import { sendAll } from "../load.ts";
import type { Bench } from "../scenario.ts";
import { median, type Spread, spreadOf } from "../spread.ts";
import { usersFrom } from "../users.ts";

const CONCURRENCY = 8;
const DELIVERIES = 300;
const ROUNDS = 15;
const OTHERS = 10_000;
const ROUTES: Pair<string> = { rollcall: "/api/webhooks/clerk", peer: "/api/webhooks/guide" };

/** A new user's delivery, the same one again, and a change. */
export const deliveryKinds = ["first", "repeat", "update"] as const;
export type DeliveryKind = (typeof deliveryKinds)[number];

export interface WebhookSpeed {
  kind: DeliveryKind;
  concurrency: number;
  perSecond: Pair<number>;
  /** Rollcall's deliveries a second, relative to the peer's in the same round. */
  timesAsFast: Spread;
  /** CPU time for one delivery, in ms; null where there is no /proc. */
  cpuMs: { postgres: Pair<number> | null; app: Pair<number> | null };
}

interface Trial {
  ms: number;
  postgresMs: number | null;
  appMs: number | null;
}
type Round = Record<DeliveryKind, Pair<Trial>>;

/**
 * Deliveries over HTTP to two routes of one built Next app over one database: Rollcall's, and one written after Clerk's guide.
 */
export async function measureWebhook({ server, rounds: roundsOf, tell }: Bench): Promise<WebhookSpeed[]> {
  const { database } = server;
  await database.clear();
  await using fill = copyAndMerge.open(database.url, 1);
  await fill.apply(usersFrom(0, OTHERS));
  await database.tidy();
  await using clerk = await startClerk(100);
  await database.mirror(clerk.instanceId);
  await using app = await startHostApp(database.url, clerk);
  const [template] = await clerk.users(1);
  if (!template) throw new Error("the emulator has no users");
  let next = OTHERS;
  const newcomers = () => {
    next += DELIVERIES;
    return Array.from({ length: DELIVERIES }, (_, index) => next - DELIVERIES + index);
  };

  const trial = async (route: string, deliveries: readonly Delivery[]): Promise<Trial> => {
    const requests = deliveries.map((delivery) => deliver(clerk, template, `${app.url}${route}`, delivery));
    const { done: ms, usedMs } = await cpuOf([server.pid, app.pid], () => sendAll(requests, CONCURRENCY));
    const [postgresMs = null, appMs = null] = usedMs;
    return { ms, postgresMs, appMs };
  };
  async function life(round: number): Promise<Round> {
    const users: Pair<number[]> = { rollcall: newcomers(), peer: newcomers() };
    const both = (of: (n: number) => Delivery) => alternate(round, (who) => trial(ROUTES[who], users[who].map(of)));
    const first = (n: number): Delivery => ({ type: "user.created", n, renames: 0 });
    const measured = {
      first: await both(first),
      repeat: await both(first),
      update: await both((n) => ({ type: "user.updated", n, renames: 1 })),
    };
    await expectRenamed(users);
    return measured;
  }
  async function expectRenamed(users: Pair<number[]>): Promise<void> {
    const ids = [...users.rollcall, ...users.peer].flatMap((n) => usersFrom(n, 1, 1).map(({ id }) => id));
    const stored = await database.query(`select from "User" where id = any($1) and name like '% Family1'`, [ids]);
    if (stored.length !== ids.length) throw new Error(`${ids.length} users changed, ${stored.length} are stored so`);
  }

  await life(0); // warms up
  const rounds: Round[] = [];
  for (let round = 0; round < roundsOf(ROUNDS); round++) {
    tell(`webhook, round ${round + 1} of ${roundsOf(ROUNDS)}`);
    await database.tidy();
    rounds.push(await life(round));
  }
  return deliveryKinds.map((kind) =>
    summary(
      kind,
      rounds.map((round) => round[kind]),
    ),
  );
}

function summary(kind: DeliveryKind, rounds: readonly Pair<Trial>[]): WebhookSpeed {
  const perSecond = (who: keyof Pair<Trial>) => median(rounds.map((round) => (DELIVERIES / round[who].ms) * 1_000));
  // Over all rounds: one round alone is short beside the hundredths of a second in which Linux counts.
  const each = (who: keyof Pair<Trial>, of: (trial: Trial) => number | null) =>
    rounds.reduce((sum, round) => sum + (of(round[who]) ?? Number.NaN), 0) / (rounds.length * DELIVERIES);
  const pair = (of: (trial: Trial) => number | null) => {
    const cpu = { rollcall: each("rollcall", of), peer: each("peer", of) };
    return Number.isNaN(cpu.rollcall + cpu.peer) ? null : cpu;
  };
  return {
    kind,
    concurrency: CONCURRENCY,
    perSecond: { rollcall: perSecond("rollcall"), peer: perSecond("peer") },
    timesAsFast: spreadOf(rounds.map(({ rollcall, peer }) => peer.ms / rollcall.ms)),
    cpuMs: { postgres: pair(({ postgresMs }) => postgresMs), app: pair(({ appMs }) => appMs) },
  };
}
