import type { Snapshot } from "@rollcall/sync";
import { rollcall } from "../contenders/rollcall.ts";
import { withoutOutbox } from "../contenders/without-outbox.ts";
import { eachInTurn, type PerHappening, spreads } from "../happening.ts";
import type { Bench } from "../scenario.ts";
import type { Spread } from "../spread.ts";
import { usersFrom } from "../users.ts";

const ROWS_PER_CALL = 500;
const USERS = 4_000;
const ROUNDS = 9;

/** What the application handles, and what that adds to the outbox. */
const variants = {
  "no handler": { types: [], isNew: false },
  // A first import, and every run after it.
  "user.created, known users": { types: ["user.created"], isNew: false },
  // The worst case: each insert adds a user.created, each rename a user.updated.
  "both, each write adds one": { types: ["user.created", "user.updated"], isNew: true },
} as const;
type Variant = keyof typeof variants;

export interface EffectsCost {
  variant: Variant;
  /** How long it takes, relative to the write path without an outbox in the same round. */
  timesAsLong: PerHappening<Spread>;
}

/** What the outbox costs the write path: 500 rows a call, one connection. */
export async function measureEffects({ server: { database }, rounds: roundsOf, tell }: Bench): Promise<EffectsCost[]> {
  await using mine = rollcall.open(database.url, 1);
  await using bare = withoutOutbox.open(database.url, 1);

  async function trial(
    contender: typeof mine,
    { types, isNew }: (typeof variants)[Variant],
  ): Promise<PerHappening<number>> {
    await database.clear();
    await database.handleEffects(types);
    const users = (renames: number): Snapshot[] => {
      const known = usersFrom(0, USERS, renames);
      return isNew ? known.map((user) => ({ ...user, createdAt: new Date(signedUpAt) })) : known;
    };
    const signedUpAt = Date.now();
    const history = { insert: users(0), unchanged: users(0), renamed: users(1) };
    return eachInTurn(async (happening) => {
      const calls = Array.from({ length: USERS / ROWS_PER_CALL }, (_, i) =>
        history[happening].slice(i * ROWS_PER_CALL, (i + 1) * ROWS_PER_CALL),
      );
      const start = performance.now();
      for (const call of calls) await contender.apply(call);
      const ms = performance.now() - start;
      await database.tidy();
      return ms;
    });
  }

  const results: EffectsCost[] = [];
  for (const variant of Object.keys(variants) as Variant[]) {
    tell(`effects, ${variant}`);
    const rounds: { mine: PerHappening<number>; bare: PerHappening<number> }[] = [];
    for (let round = 0; round <= roundsOf(ROUNDS); round++) {
      const runs = { mine: () => trial(mine, variants[variant]), bare: () => trial(bare, variants[variant]) };
      const first = round % 2 ? await runs.mine() : await runs.bare();
      const second = round % 2 ? await runs.bare() : await runs.mine();
      if (round > 0) rounds.push(round % 2 ? { mine: first, bare: second } : { mine: second, bare: first });
    }
    const timesAsLong = spreads(rounds, (one, happening) => one.mine[happening] / one.bare[happening]);
    results.push({ variant, timesAsLong });
  }
  await database.handleEffects([]);
  return results;
}
