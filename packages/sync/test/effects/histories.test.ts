import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import { DatabaseError } from "../../src/database/database-error.ts";
import { createEffects } from "../../src/effects/effects.ts";
import { restartStatement } from "../../src/effects/statements/overview.ts";
import { mirrorReader } from "../../src/freshness/mirror.ts";
import { silent, toSnapshot, type UserCreated, type UserUpdated } from "../../src/index.ts";
import { createWritePath } from "../../src/write-path/write-path.ts";
import { rounds } from "../rounds.ts";
import { type Host, INSTANCE, openHost } from "../write-path/host.ts";
import { inBatches, shuffler, together } from "../write-path/in-parallel.ts";
import { type Command, history, ModelClerk, type Said } from "../write-path/model-clerk.ts";

const CONNECTIONS = 4;
const LAG_MS = 60_000;
const HOUR_MS = 3_600_000;

let host: Host;
beforeAll(async () => {
  host = await openHost({ connections: 8 });
});
afterAll(() => host[Symbol.asyncDispose]());

const scenario = fc.record({
  history,
  /** When the application begins to handle effects, in changes since the first. */
  start: fc.nat(20),
  repeats: fc.array(fc.nat(60), { maxLength: 12 }),
  batches: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }),
  order: fc.infiniteStream(fc.nat(1_000_000)),
  /** Which writes lose their connection after they were committed, and which calls of a handler fail. */
  lost: fc.infiniteStream(fc.integer({ min: 1, max: 8 })),
  fails: fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
  adopts: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** The same database, whose answers are sometimes lost with the connection, after the commit. */
function losing(db: Database, isLost: () => boolean): Database {
  const lose = <T>(result: T): T => {
    if (isLost()) throw new DatabaseError({ kind: "disconnected" }, { cause: new Error("reset") });
    return result;
  };
  return {
    query: async (text, values) => lose(await db.query(text, values)),
    transaction: async (work, limits) => lose(await db.transaction(work, limits)),
  };
}

interface Played {
  clerk: ModelClerk;
  since: number;
  /** The keys that the handler of `user.created` got, by user. */
  created: Map<string, Set<string>>;
  /** What handlers of `user.created` and `user.updated` were last shown of each user. */
  copy: Map<string, { email: string | null; name: string | null; image: string | null }>;
  deleted: Map<string, Set<string>>;
}

async function play(run: Scenario): Promise<Played> {
  await host.clear();
  const begin = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 48 * HOUR_MS;
  const clerk = new ModelClerk(begin);
  for (const command of run.history) clerk.run(command as Command);
  const since = begin + run.start * 1_000;

  const played: Played = { clerk, since, created: new Map(), copy: new Map(), deleted: new Map() };
  const note = (keys: Map<string, Set<string>>, { userId, key }: { userId: string; key: string }) =>
    keys.set(userId, (keys.get(userId) ?? new Set()).add(key));
  const fails = run.fails[Symbol.iterator]();
  const trouble = () => {
    if (fails.next().value === 1) throw new Error("the other service is away");
  };
  const show = async ({ userId, user }: UserCreated | UserUpdated) => {
    played.copy.set(userId, { email: user.email, name: user.name, image: user.image });
    trouble();
  };
  const { effects } = createEffects({
    db: host.db,
    readMirror: mirrorReader(host.db, host.tables),
    handlers: {
      "user.created": async (effect) => {
        note(played.created, effect);
        await show(effect);
      },
      "user.updated": show,
      "user.deleted": async (effect) => {
        note(played.deleted, effect);
        trouble();
      },
    },
    afterAnswer: () => ({}),
    logger: silent,
  });
  await effects.deliver(); // registers the handlers
  await host.sql.query(`update rollcall."SyncEffectType" set since = to_timestamp($1::float8 / 1000)`, [since]);

  const losses = run.lost[Symbol.iterator]();
  const writePath = createWritePath(
    losing(host.db, () => losses.next().value === 1),
    host.tables,
  );
  const deliver = async (batch: Said[], at: number): Promise<void> => {
    const snapshots = batch.flatMap((said) =>
      said.kind === "user" ? [toSnapshot(said.user, { instanceId: INSTANCE, at: new Date(said.changedAt + at) })] : [],
    );
    const ids = batch.flatMap((said) => (said.kind === "deleted" ? [said.id] : []));
    // The sender tries again, as Svix does, and workers do.
    for (let tries = 0; tries < 50; tries++) {
      try {
        if (ids.length > 0) await writePath.applyDeletions(ids, { instanceId: INSTANCE, deletedBy: "webhook" });
        if (snapshots.length > 0) await writePath.applySnapshots(snapshots);
        return;
      } catch {}
    }
    throw new Error("never delivered");
  };
  const shuffled = shuffler(run.order);
  const again = run.repeats.flatMap((index) => clerk.said.slice(index, index + 1));
  await together(
    shuffled([
      ...inBatches(shuffled([...clerk.said, ...again]), run.batches).map((batch) => () => deliver(batch, 0)),
      ...[1, 2, 3].map(() => () => effects.deliver()),
    ]),
    CONNECTIONS,
  );
  if (run.adopts) await host.sql.query(restartStatement);
  const last = inBatches(shuffled([...clerk.newest(), ...again]), run.batches);
  await together(
    last.map((batch) => () => deliver(batch, LAG_MS + 1_000)),
    CONNECTIONS,
  );
  do await effects.deliver();
  while ((await effects.retry()) > 0);
  expect(await effects.summary()).toMatchObject({ pending: 0, dead: 0 });
  return played;
}

test("each user who signed up after the start gets exactly one key, no one else gets any", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (run) => {
      const { clerk, since, created } = await play({ ...run, adopts: false });
      const rows = await host.sql.query<{ userId: string; version: string }>(
        `select "userId", version from rollcall."SyncEffect" where type = 'user.created'`,
      );
      const keys = new Map(rows.rows.map(({ userId, version }) => [userId, `user.created:${userId}:${version}`]));
      for (const [id, at] of clerk.createdAt) {
        if (at <= since) expect(keys.get(id)).toBeUndefined();
        else if (!clerk.deleted.has(id)) expect(keys.get(id)).toBe(`user.created:${id}:${at}`);
      }
      for (const [id, got] of created) expect([...got]).toEqual([keys.get(id)]);
      for (const { id } of clerk.expected()) expect(created.has(id)).toBe(keys.has(id));
    }),
    rounds(300),
  );
});

test("a copy that is kept by user.created and user.updated ends as the application's table", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (run) => {
      const { clerk, since, copy } = await play({ ...run, adopts: false });
      const rows = new Map((await host.users()).map(({ id, email, name, image }) => [id, { email, name, image }]));
      for (const { id } of clerk.expected()) {
        const isKnown = (clerk.createdAt.get(id) ?? 0) > since || copy.has(id);
        if (isKnown) expect({ id, ...copy.get(id) }).toEqual({ id, ...rows.get(id) });
      }
    }),
    rounds(300),
  );
});

test("an adoption drops what was not delivered, and the import after it causes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (run) => {
      await play({ ...run, adopts: true });
      const { rows } = await host.sql.query(`select from rollcall."SyncEffect" where type = 'user.created'`);
      expect(rows).toEqual([]);
    }),
    rounds(100),
  );
});
