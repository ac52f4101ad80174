import { z } from "zod";
import { alternate, type Pair } from "../alternate.ts";
import { type Clerk, startClerk } from "../clerk.ts";
import type { FullRunOptions } from "../programs/full-run.ts";
import type { ProfileShares } from "../programs/profile.ts";
import { runProgram } from "../programs/run-program.ts";
import type { Bench } from "../scenario.ts";
import { median, type Spread, spreadOf } from "../spread.ts";

const WORKERS = [1, 2, 4];
const ROUNDS = 3;
// As `pnpm sync:all` starts it.
const NODE_OPTIONS = ["--heap-growing-percent=30"];

const passSchema = z.object({
  ms: z.number(),
  cpuMs: z.object({ own: z.number().nullable(), postgres: z.number().nullable(), clerk: z.number().nullable() }),
  profile: z.record(z.string(), z.number()).nullable(),
});
const answerSchema = z.object({ first: passSchema, unchanged: passSchema });
type Passes = z.infer<typeof answerSchema>;

export const passes = ["first", "unchanged"] as const;
export type Pass = (typeof passes)[number];

export interface FullRunSpeed {
  pass: Pass;
  users: number;
  /** Windows of the run at a time, and calls of the write path. */
  workers: number;
  usersPerSecond: { run: number; writePath: number };
  /** The run's users a second, relative to the write path's in the same round. */
  ofTheWritePath: Spread;
  /** Of the CPU time of all three: our process, PostgreSQL and the emulated Clerk; null where there is no /proc. */
  cpuShares: Record<"own" | "postgres" | "clerk", number> | null;
}

export interface FullRun {
  speeds: FullRunSpeed[];
  /** What our process computes with, in a run of its own with as many windows as possible. */
  profiles: Record<Pass, ProfileShares>;
}

/** A run over all users from Clerk to the tables, beside the write path alone with as many users. */
export async function measureFullRun(bench: Bench): Promise<FullRun> {
  const { users, tell } = bench;
  const roundCount = bench.rounds(ROUNDS);
  await using clerk = await startClerk(users);
  const speeds: FullRunSpeed[] = [];
  for (const workers of WORKERS) {
    const rounds: Pair<Passes>[] = [];
    for (let round = 0; round < roundCount; round++) {
      tell(`full-run, ${workers} window(s), round ${round + 1} of ${roundCount}`);
      rounds.push(
        await alternate(round, (who) =>
          measure(bench, clerk, { workers, who: who === "rollcall" ? "run" : "write path", withProfile: false }),
        ),
      );
    }
    speeds.push(...passes.map((pass) => summary(pass, users, workers, rounds)));
  }
  tell("full-run, profile");
  const most = Math.max(...WORKERS);
  const { first, unchanged } = await measure(bench, clerk, { workers: most, who: "run", withProfile: true });
  return { speeds, profiles: { first: first.profile ?? {}, unchanged: unchanged.profile ?? {} } };
}

async function measure(
  { server: { database, pid }, users }: Bench,
  clerk: Clerk,
  asked: Pick<FullRunOptions, "workers" | "who" | "withProfile">,
): Promise<Passes> {
  await database.clear();
  await database.tidy();
  const options: FullRunOptions = {
    ...asked,
    databaseUrl: database.url,
    clerkUrl: clerk.url,
    secretKey: clerk.secretKey,
    users,
    postgresPid: pid,
    clerkPid: clerk.pid,
  };
  return answerSchema.parse(await runProgram("full-run", options, NODE_OPTIONS));
}

function summary(pass: Pass, users: number, workers: number, rounds: readonly Pair<Passes>[]): FullRunSpeed {
  const perSecond = (who: keyof Pair<Passes>) => median(rounds.map((round) => (users / round[who][pass].ms) * 1_000));
  const used = (of: keyof Passes["first"]["cpuMs"]) =>
    rounds.reduce((sum, { rollcall }) => sum + (rollcall[pass].cpuMs[of] ?? Number.NaN), 0);
  const cpu = { own: used("own"), postgres: used("postgres"), clerk: used("clerk") };
  const all = cpu.own + cpu.postgres + cpu.clerk;
  return {
    ...{ pass, users, workers },
    usersPerSecond: { run: perSecond("rollcall"), writePath: perSecond("peer") },
    ofTheWritePath: spreadOf(rounds.map(({ rollcall, peer }) => peer[pass].ms / rollcall[pass].ms)),
    cpuShares: Number.isNaN(all) ? null : { own: cpu.own / all, postgres: cpu.postgres / all, clerk: cpu.clerk / all },
  };
}
