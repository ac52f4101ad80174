import { toSnapshot } from "@rollcall/sync";
import { clerkUserSchema } from "@rollcall/sync/clerk-user";
import { alternate, type Pair } from "../alternate.ts";
import { type Clerk, startClerk } from "../clerk.ts";
import { type Call, openProtectedCalls } from "../contenders/protected-calls.ts";
import { rollcall } from "../contenders/rollcall.ts";
import type { Database } from "../database.ts";
import { startHostApp } from "../host-app.ts";
import { sendAll } from "../load.ts";
import type { Bench } from "../scenario.ts";
import { openSlowNetwork } from "../slow-network.ts";
import { median, type Spread, spreadOf } from "../spread.ts";

const ROUNDS = 25;
const CALLS = 500;
const CONCURRENCY = 8; // over HTTP
const LATENCIES_MS = [0, 5];
const USERS = 1_000;
const COLD_CALLS = 40;

/** A call whose caller is known to be current, relative to the same procedure behind the session alone. */
export interface CachedCall {
  over: "tRPC caller" | "HTTP";
  msPerCall: Pair<number>;
  timesAsLong: Spread;
}

export const coldWays = ["with the claim", "without the claim", "the usual way"] as const;
export type ColdWay = (typeof coldWays)[number];

/** The first call of a user in a process that has served others. */
export interface ColdCall {
  way: ColdWay;
  /** To the database and to Clerk, in each direction. */
  latencyMs: number;
  ms: Spread;
  /** To the database, for one call. */
  roundTrips: number;
  clerkCalls: number;
}

export interface ProtectedCallCost {
  cached: CachedCall[];
  cold: ColdCall[];
}

export async function measureProtectedCall(bench: Bench): Promise<ProtectedCallCost> {
  const { database } = bench.server;
  await database.clear();
  await using clerk = await startClerk(2 * USERS);
  await database.mirror(clerk.instanceId);
  const users = await clerk.users(USERS);
  await using fill = rollcall.open(database.url, 1);
  const known = { instanceId: clerk.instanceId, at: new Date() };
  await fill.apply(users.map((user) => toSnapshot(clerkUserSchema.parse(user), known)));
  await database.tidy();
  const ids = users.map(({ id }) => id);
  return { cached: await measureCached(bench, clerk, ids), cold: await measureCold(bench, clerk, ids) };
}

async function measureCached(bench: Bench, clerk: Clerk, [id = ""]: readonly string[]): Promise<CachedCall[]> {
  const { database } = bench.server;
  const token = await clerk.signIn(id);
  await using calls = openProtectedCalls(database.url, clerk);
  await using app = await startHostApp(database.url, clerk);
  const inProcess = async (call: Call) => {
    const start = performance.now();
    for (let n = 0; n < CALLS; n++) await call(token);
    return (performance.now() - start) / CALLS;
  };
  const overHttp = async (procedure: string) => {
    const url = `${app.url}/api/trpc/${procedure}`;
    const request = { method: "GET", url, headers: { authorization: `Bearer ${token}` } } as const;
    return (
      (await sendAll(
        Array.from({ length: CALLS }, () => request),
        CONCURRENCY,
      )) / CALLS
    );
  };
  const compare = async (over: CachedCall["over"], measure: (who: keyof Pair<number>) => Promise<number>) => {
    await alternate(0, measure); // warms up
    const rounds: Pair<number>[] = [];
    for (let round = 0; round < bench.rounds(ROUNDS); round++) {
      bench.tell(`protected-call, cached, ${over}, round ${round + 1} of ${bench.rounds(ROUNDS)}`);
      rounds.push(await alternate(round, measure));
    }
    const of = (who: keyof Pair<number>) => median(rounds.map((round) => round[who]));
    const timesAsLong = spreadOf(rounds.map((round) => round.rollcall / round.peer));
    return { over, msPerCall: { rollcall: of("rollcall"), peer: of("peer") }, timesAsLong };
  };
  return [
    await compare("tRPC caller", (who) => inProcess(who === "rollcall" ? calls.synced : calls.authenticated)),
    await compare("HTTP", (who) => overHttp(who === "rollcall" ? "synced" : "authenticated")),
  ];
}

async function measureCold({ server, tell }: Bench, clerk: Clerk, ids: readonly string[]): Promise<ColdCall[]> {
  const { database } = server;
  const [warm = "", ...cold] = ids.slice(0, COLD_CALLS + 1);
  const results: ColdCall[] = [];
  for (const latencyMs of LATENCIES_MS) {
    tell(`protected-call, cold, ${latencyMs} ms of latency`);
    // Without the claim, a row is current for five minutes.
    await database.query(`update rollcall."ClerkUser" set "checkedAt" = "checkedAt" - interval '1 hour'`);
    await using withClaim = await openColdCalls("with the claim", latencyMs, database, clerk);
    await using withoutClaim = await openColdCalls("without the claim", latencyMs, database, clerk);
    await using usualWay = await openColdCalls("the usual way", latencyMs, database, clerk);
    const ways = [withClaim, withoutClaim, usualWay];
    for (const way of ways) await way.warmUp(warm);
    for (const [n, id] of cold.entries()) {
      for (const turn of ways.keys()) await ways[(n + turn) % ways.length]?.call(id);
    }
    results.push(...ways.map((way) => way.result()));
  }
  return results;
}

interface ColdCalls extends AsyncDisposable {
  /** Connects, and loads what a process loads once. */
  warmUp(userId: string): Promise<void>;
  call(userId: string): Promise<void>;
  result(): ColdCall;
}

/** A process of its own, as far as its memory, its connections and its network are concerned. */
async function openColdCalls(way: ColdWay, latencyMs: number, database: Database, clerk: Clerk): Promise<ColdCalls> {
  const toDatabase = await openSlowNetwork(database.port, latencyMs);
  const toClerk = await openSlowNetwork(clerk.port, latencyMs);
  const url = new URL(database.url);
  url.port = String(toDatabase.port);
  const calls = openProtectedCalls(url.href, { ...clerk, url: `http://127.0.0.1:${toClerk.port}` });
  const call = way === "the usual way" ? calls.usual : calls.synced;
  const sent = () => ({ database: toDatabase.roundTrips(), clerk: toClerk.roundTrips() });
  let before = sent();
  const times: number[] = [];
  const signIn = (id: string) => clerk.signIn(id, way === "without the claim" ? { updated_at: null } : {});
  return {
    async warmUp(id) {
      await call(await signIn(id));
      before = sent();
    },
    async call(id) {
      const token = await signIn(id);
      const start = performance.now();
      await call(token);
      times.push(performance.now() - start);
    },
    result() {
      const after = sent();
      return {
        ...{ way, latencyMs, ms: spreadOf(times) },
        roundTrips: (after.database - before.database) / times.length,
        clerkCalls: (after.clerk - before.clerk) / times.length,
      };
    },
    async [Symbol.asyncDispose]() {
      await calls[Symbol.asyncDispose]();
      await toDatabase[Symbol.asyncDispose]();
      await toClerk[Symbol.asyncDispose]();
    },
  };
}
