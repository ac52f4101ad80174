import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Snapshot } from "../../src/index.ts";
import { rounds } from "../rounds.ts";
import { emptyExtra } from "./extra-columns.ts";
import { type Host, INSTANCE, openHost } from "./host.ts";
import { inBatches, shuffler, together } from "./in-parallel.ts";
import { addresses, type Command, type Expected, history, ModelClerk, ownerOf, type Said } from "./model-clerk.ts";

const CONNECTIONS = 8;
const LAG_MS = 60_000; // Clerk's replicas are believed to lag this much

let host: Host;

/** What the application or a person does to the tables in between. */
const meddling = fc.oneof(
  fc.record({ do: fc.constant("edit" as const), who: fc.nat(20), email: fc.constantFrom(...addresses) }),
  fc.record({
    do: fc.constantFrom(
      "drop row" as const,
      "drop customer" as const,
      "forget" as const,
      "name a column" as const,
      "upgrade" as const,
    ),
    who: fc.nat(20),
  }),
  fc.record({ do: fc.constant("own row" as const), who: fc.nat(2), email: fc.constantFrom(...addresses) }),
  fc.record({ do: fc.constant("drop own row" as const), who: fc.nat(2) }),
);
type Meddling = typeof meddling extends fc.Arbitrary<infer T> ? T : never;

const scenario = fc.record({
  history,
  /** Which deliveries are repeated, and how late each snapshot was read. */
  repeats: fc.array(fc.nat(60), { maxLength: 12 }),
  lags: fc.array(fc.nat(LAG_MS), { minLength: 1, maxLength: 12 }),
  batches: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }),
  order: fc.infiniteStream(fc.nat(1_000_000)),
  meddling: fc.array(meddling, { maxLength: 8 }),
  /** Rows of an earlier, hand-written sync, even for users who do not exist yet. */
  unadopted: fc.array(
    fc.record({ id: fc.constantFrom("user_Old", "user_A1", "user_B2"), email: fc.constantFrom(...addresses) }),
    { maxLength: 2 },
  ),
});

interface Delivery {
  said: Said;
  /** How long after the change it was read, in ms. */
  lag: number;
}

function readAt(user: unknown, at: number): Snapshot {
  const read = host.writePath.readUser(user, { instanceId: INSTANCE, at: new Date(at) });
  if (!read.success) throw read.error;
  return read.snapshot;
}

async function deliver(batch: Delivery[]): Promise<void> {
  const snapshots = batch.flatMap(({ said, lag }) =>
    said.kind === "user" ? [readAt(said.user, said.changedAt + lag)] : [],
  );
  const deletions = batch.flatMap(({ said }) => (said.kind === "deleted" ? [said.id] : []));
  if (deletions.length > 0) await host.insertTombstones(...deletions);
  if (snapshots.length > 0) await host.apply(...snapshots);
}

async function meddle(step: Meddling): Promise<void> {
  const { sql } = host;
  const nth = async (table: string, column: string) =>
    (
      await sql.query(
        `select "${column}" as id from "${table}" where "${column}" ~ '^user_' order by 1 offset $1 limit 1`,
        [step.who],
      )
    ).rows[0]?.id;
  switch (step.do) {
    case "edit":
      // A person who edits a row gets an error: the address is taken.
      await sql
        .query(`update "User" set email = $2, name = 'By hand' where id = $1`, [
          await nth("User", "id"),
          step.email.shown,
        ])
        .catch((error: unknown) => {
          if (!(error instanceof Error && "code" in error && error.code === "23505")) throw error;
        });
      if (host.mapping === "extra columns") {
        await sql.query(`update "User" set username = null, plan = null, metadata = '{}' where id = $1`, [
          await nth("User", "id"),
        ]);
      }
      return;
    case "name a column":
      // Written by a process that has no column for this field yet.
      await sql.query(`update rollcall."ClerkUser" set extra = extra - 'publicMetadata.plan' where id = $1`, [
        await nth(`rollcall"."ClerkUser`, "id"),
      ]);
      return;
    case "drop row":
      await sql.query(`delete from "User" where id = $1`, [await nth("User", "id")]);
      return;
    case "drop customer":
      await sql.query(`delete from "Customer" where "authUserId" = $1`, [await nth("Customer", "authUserId")]);
      return;
    case "forget":
      await sql.query(`delete from rollcall."ClerkUser" where id = $1 and "deletedAt" is null`, [
        await nth(`rollcall"."ClerkUser`, "id"),
      ]);
      return;
    case "upgrade":
      await sql.query(`update "Customer" set plan = 'PRO', name = 'Company' where "authUserId" = $1`, [
        await nth("Customer", "authUserId"),
      ]);
      return;
    case "own row":
      await host.addOwnRow(step.who, step.email.shown);
      return;
    case "drop own row":
      await host.dropOwnRow(step.who);
  }
}

async function play(run: typeof scenario extends fc.Arbitrary<infer T> ? T : never): Promise<ModelClerk> {
  await host.clear();
  const shuffled = shuffler(run.order);
  const lagOf = (index: number) => run.lags[index % run.lags.length] ?? 0;

  const clerk = new ModelClerk();
  for (const command of run.history) clerk.run(command as Command);
  for (const { id, email } of run.unadopted) {
    await host.sql.query(`insert into "User" (id, email) values ($1, $2) on conflict do nothing`, [id, email.shown]);
  }
  const everything = clerk.said.map((said, index) => ({ said, lag: lagOf(index) }));
  const again = run.repeats.flatMap((index) => everything.slice(index, index + 1));
  await together(
    shuffled([
      ...inBatches(shuffled([...everything, ...again]), run.batches).map((batch) => () => deliver(batch)),
      ...run.meddling.map((step) => () => meddle(step)),
    ]),
    CONNECTIONS,
  );
  // The newest snapshot of each, read long after the change, when no replica lags any more; old ones still arrive in between.
  const newest = clerk.newest().map((said) => ({ said, lag: LAG_MS + 1_000 }));
  const last = inBatches(shuffled([...newest, ...again]), run.batches);
  await together(
    last.map((batch) => () => deliver(batch)),
    CONNECTIONS,
  );
  if (host.mapping === "own ids") {
    await linkOwnRows(clerk.expected());
    const linked = inBatches(shuffled(newest), run.batches);
    await together(
      linked.map((batch) => () => deliver(batch)),
      CONNECTIONS,
    );
  }
  return clerk;
}

/** A person decides about each row without Clerk's id that blocks a verified address: it is its owner's, or it goes. */
async function linkOwnRows(people: Expected[]): Promise<void> {
  for (const { id, email } of await host.users()) {
    const owner = email === null ? undefined : ownerOf(email, people);
    if (!id.startsWith("own-") || !owner || owner.emailVerifiedAt === null) continue;
    const linked = await host.sql.query(
      `update "User" set id = $1 where email = $2 and id is null and not exists (select from "User" where id = $1)`,
      [owner.id, email],
    );
    if (linked.rowCount === 0) await host.sql.query(`delete from "User" where email = $1`, [email]);
  }
}

async function expectConverged(clerk: ModelClerk): Promise<void> {
  const people = clerk.expected();
  const [clerkUsers, users, customers] = await Promise.all([host.clerkUsers(), host.users(), host.customers()]);

  const live = clerkUsers.filter((row) => row.deletedBy === null);
  expect(live.map(({ checkedAt, deletedBy, ...said }) => said)).toEqual(
    people.map((person) => ({ instanceId: INSTANCE, ...person })),
  );
  const tombstones = clerkUsers.filter((row) => row.deletedBy !== null);
  expect(new Set(tombstones.map(({ id }) => id))).toEqual(clerk.deleted);
  for (const row of tombstones)
    expect(row).toMatchObject({ email: null, emailVerifiedAt: null, name: null, image: null });

  const own = users.filter(({ id }) => id.startsWith("own-"));
  for (const row of own) expect(row).toMatchObject({ name: "Own", emailVerified: null, image: null });
  const blocked = new Set(own.map(({ email }) => email));
  const isShown = (person: (typeof people)[number]) =>
    person.email !== null && !blocked.has(person.email) && ownerOf(person.email, people)?.id === person.id;
  const ids = new Set(people.map(({ id }) => id));
  expect(users.filter(({ id }) => ids.has(id))).toEqual(
    people.map((person) => ({
      id: person.id,
      email: isShown(person) ? person.email : null,
      emailVerified: isShown(person) ? person.emailVerifiedAt : null,
      name: person.name,
      image: person.image,
    })),
  );
  const claimed = new Set(people.map(({ email }) => email).filter((email) => email !== null));
  for (const { id, email } of users) {
    if (!ids.has(id) && !id.startsWith("own-") && email !== null) expect(claimed).not.toContain(email);
    if (clerk.deleted.has(id))
      expect(users.find((row) => row.id === id)).toMatchObject({ email: null, name: null, image: null });
  }
  if (host.mapping === "extra columns") {
    const extras = await host.extras();
    expect(extras.filter(({ id }) => ids.has(id))).toEqual(clerk.expectedExtras());
    for (const row of extras) if (clerk.deleted.has(row.id)) expect(row).toEqual(emptyExtra(row.id));
    const stored = await host.sql.query(`select "deletedAt" is null as live, extra::text from rollcall."ClerkUser"`);
    for (const { live, extra } of stored.rows) {
      if (!live) expect(extra).toBeNull();
      expect(extra ?? "").not.toMatch(/secret|private/);
    }
  }
  expect(customers.filter(({ authUserId }) => ids.has(authUserId)).map(({ authUserId }) => authUserId)).toEqual(
    people.map(({ id }) => id),
  );
  for (const { authUserId, name, plan } of customers) {
    if (clerk.deleted.has(authUserId)) expect(name).toBeNull();
    else if (plan === "PRO") expect(name).toBe("Company");
  }
}

describe.each(["read committed", "serializable"] as const)("in a database whose transactions are %s", (isolation) => {
  beforeAll(async () => {
    host = await openHost({ connections: CONNECTIONS, isolation });
  });
  afterAll(() => host[Symbol.asyncDispose]());

  test("for any order, repetition and concurrency of deliveries, the tables end as Clerk says", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (run) => {
        await expectConverged(await play(run));
      }),
      rounds(host.mapping === "default" ? 1_000 : 300),
    );
  });

  test("once everything is delivered and settled, another delivery finds all unchanged and writes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (run) => {
        const clerk = await play(run);
        const before = await host.versions();
        const people = clerk.expected();
        const blocked = new Set(
          (await host.users()).filter(({ id }) => id.startsWith("own-")).map(({ email }) => email),
        );
        const results = await host.apply(
          ...clerk
            .newest()
            .flatMap((said) => (said.kind === "user" ? [readAt(said.user, said.changedAt + LAG_MS + 2_000)] : [])),
        );
        expect(results.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
          people.map(({ id, email }) => ({
            id,
            outcome: "unchanged",
            conflict: email !== null && (blocked.has(email) || ownerOf(email, people)?.id !== id),
          })),
        );
        expect(await host.versions()).toEqual(before);
      }),
      rounds(host.mapping === "default" ? 200 : 100),
    );
  });
});
