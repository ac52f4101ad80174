import { effectMutants } from "./effect-mutants.ts";
import { extraColumnMutants } from "./extra-column-mutants.ts";
import { instanceMutants } from "./instance-mutants.ts";
import type { Mutant } from "./mutant.ts";
import { outageMutants } from "./outage-mutants.ts";
import { ownIdMutants } from "./own-id-mutants.ts";
import { runMutants } from "./run-mutants.ts";
import { tombstoneMutants } from "./tombstone-mutants.ts";

const FAST = "write-path/statements/fast.ts";
const CONTENDED = "write-path/statements/contended.ts";
const FRAGMENTS = "write-path/statements/fragments.ts";
const SNAPSHOT = "snapshot/snapshot.ts";

const examplesOf = (what: string) => `write-path/${what}.test.ts`;
const INTERLEAVINGS = examplesOf("interleavings");

export const mutants: Mutant[] = [
  // Which of one user's snapshots counts.
  {
    name: "an older snapshot is not judged outdated",
    file: FAST,
    find: `when \${version("c")} > \${version("i")} then 'outdated'`,
    replace: `when false then 'outdated'`,
    test: examplesOf("outcomes"),
  },
  {
    name: "ON CONFLICT does not compare versions",
    file: FRAGMENTS,
    find: `export const isNewer = \`\${version("excluded")} >= \${version("c")}\``,
    replace: "export const isNewer = `true`",
    test: INTERLEAVINGS,
  },
  {
    name: "of two snapshots of one millisecond the one that arrives last wins",
    file: FRAGMENTS,
    find: `(coalesce(\${row}."updatedAt", '-infinity'), coalesce(\${row}."checkedAt", '-infinity'))`,
    replace: `coalesce(\${row}."updatedAt", '-infinity')`,
    test: examplesOf("outcomes"),
  },
  {
    name: "of several snapshots of one user in one batch the first counts",
    file: SNAPSHOT,
    find: "compareVersions(snapshot, rival) >= 0",
    replace: "false",
    test: examplesOf("outcomes"),
  },
  {
    name: "no settling: a late tie of the same millisecond wins",
    file: FAST,
    find: `(c."checkedAt" >= c."updatedAt" + interval '61 s') is not true`,
    replace: "false",
    test: examplesOf("outcomes"),
  },
  {
    name: "a row counts as settled immediately",
    file: FAST,
    find: "interval '61 s'",
    replace: "interval '0 s'",
    test: examplesOf("outcomes"),
  },
  {
    name: "a lost settling is reported as unchanged",
    file: FAST,
    find: `or verdict = 'unchanged' and touch and t.id is null then`,
    replace: "then",
    test: INTERLEAVINGS,
  },

  // Deletions.
  {
    name: "a deletion before the birth is ignored",
    file: CONTENDED,
    find: `from unnest($1::text[]) as id order by id`,
    replace: `from unnest($1::text[]) as id where exists (select from rollcall."ClerkUser" x where x.id = id.id) order by id`,
    test: examplesOf("deletions"),
  },
  {
    name: "a snapshot may overwrite a tombstone",
    file: FRAGMENTS,
    find: `where c."deletedAt" is null and \${guard}`,
    replace: `where \${guard}`,
    test: INTERLEAVINGS,
  },
  {
    name: "a settling may touch a tombstone",
    file: FAST,
    find: `c.id = j.id and c."deletedAt" is null`,
    replace: "c.id = j.id",
    test: INTERLEAVINGS,
  },
  {
    name: "a deleted user's row keeps its data",
    file: CONTENDED,
    find: `set \${blank("u")}
  where u.\${key} = any(\${dead})`,
    replace: `set \${blank("u")} where false`,
    test: examplesOf("deletions"),
  },
  {
    name: "a deleted user's customer keeps the name",
    file: CONTENDED,
    find: `and k.\${customer.customerName} is not null`,
    replace: "and false",
    test: examplesOf("deletions"),
  },
  {
    name: "a run's deletion outweighs a signed webhook's",
    file: CONTENDED,
    find: `least(c."deletedBy", excluded."deletedBy")`,
    replace: `greatest(c."deletedBy", excluded."deletedBy")`,
    test: examplesOf("deletions"),
  },

  // Concurrent writers.
  {
    name: "no retry after a collision",
    file: "database/retry.ts",
    find: "const TRIES = 20;",
    replace: "const TRIES = 1;",
    test: INTERLEAVINGS,
  },
  {
    name: "no lock in the slow path",
    file: CONTENDED,
    find: `pg_advisory_xact_lock(\${LOCK_KEY})`,
    replace: `\${LOCK_KEY}`,
    test: INTERLEAVINGS,
  },
  {
    name: "an owner that the fast path writes meanwhile is projected as before",
    file: CONTENDED,
    find: "order by id for update",
    replace: "order by id",
    test: INTERLEAVINGS,
  },
  {
    name: "owners are locked after their rows in the application's table",
    file: "write-path/slow-path.ts",
    find: "ownerRows.parse(await transaction.query(lockOwnersStatement, [recorded.addresses]));\n  const touched",
    replace: "ownerRows.parse([]);\n  const touched",
    test: INTERLEAVINGS,
  },
  {
    name: "the claim rule is not repeated in ON CONFLICT",
    file: FAST,
    find: `\${isNewer} and (c.email is null or \${claim("c")} is not distinct from \${claim("excluded")})`,
    replace: `\${isNewer}`,
    test: INTERLEAVINGS,
  },
  {
    name: "a User row that is already equal is not locked",
    file: FAST,
    find: `: "written")}`,
    replace: `: \`(select w.* from written w where not exists (
      select from \${names(tables).users} x where x.\${names(tables).key} = w.id
        and \${shownBy("x")} is not distinct from (w.email, w."emailVerifiedAt", w.name, w.image)
    )) as differing\`)}`,
    test: INTERLEAVINGS,
  },
  {
    name: "two batches settle their users in any order",
    file: FAST,
    find: "and touch order by id) j",
    replace: "and touch) j",
    test: INTERLEAVINGS,
  },

  // Costs that grow with the tables, and syncs on request.
  {
    name: "each purge of the event log reads the whole log",
    file: "events/event-log.ts",
    find: `"lastSeenAt" < statement_timestamp()`,
    replace: `"lastSeenAt" < clock_timestamp()`,
    test: "database/request-plans.test.ts",
  },
  {
    name: "two purges of the event log wait for each other",
    file: "events/event-log.ts",
    find: " for update skip locked",
    replace: "",
    test: "events/event-log.test.ts",
  },
  {
    name: "several processes may sync one user on request at the same time",
    file: "write-path/statements/request.ts",
    find: `("requestedAt" is null or "requestedAt" <= clock_timestamp() - interval '\${THROTTLE_MS} ms')`,
    replace: "true",
    test: "freshness/sync-me.test.ts",
  },
  {
    name: "one user's unusable answer is an outage",
    file: "freshness/failure-memory.ts",
    find: "} else if (concernsOneUser(error)) {",
    replace: "} else if (false) {",
    test: "freshness/failure-memory.test.ts",
  },
  {
    name: "a successful sync on request does not end an outage for all",
    file: "rollcall.ts",
    find: "failures.forget(id);",
    replace: "",
    test: "freshness/sync-me.test.ts",
  },

  // Who owns an address.
  {
    name: "the first email is taken instead of the primary one",
    file: SNAPSHOT,
    find: "user.email_addresses.find(({ id }) => id === user.primary_email_address_id)",
    replace: "user.email_addresses[0]",
    test: "snapshot/snapshot.test.ts",
  },
  {
    name: "toLowerCase() for all letters instead of only A to Z",
    file: SNAPSHOT,
    find: "text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())",
    replace: "text.toLowerCase()",
    test: "snapshot/snapshot.test.ts",
  },
  {
    name: "an unverified claim ranks with the verified ones",
    file: FRAGMENTS,
    find: `\${row}."emailVerifiedAt" is null, coalesce(\${row}."emailSince", '-infinity') desc`,
    replace: `coalesce(\${row}."emailSince", '-infinity') desc`,
    test: examplesOf("addresses"),
  },
  {
    name: "the user who has had an address for longer owns it",
    file: FRAGMENTS,
    find: `coalesce(\${row}."emailSince", '-infinity') desc`,
    replace: `coalesce(\${row}."emailSince", '-infinity')`,
    test: examplesOf("addresses"),
  },
  {
    name: "of two equal claims the larger id owns the address",
    file: FRAGMENTS,
    find: `desc, \${row}.id collate "C"`,
    replace: `desc, \${row}.id collate "C" desc`,
    test: examplesOf("addresses"),
  },
  {
    name: "the comparison takes the lesser claim for the better one",
    file: FAST,
    find: `\${outranks("o", "i")}`,
    replace: `\${outranks("i", "o")}`,
    test: examplesOf("outcomes"),
  },
  {
    name: "the fast path takes an address that another user claims",
    file: FAST,
    find: "rivals.number = 0 and holder.found is null",
    replace: "holder.found is null",
    test: examplesOf("addresses"),
  },
  {
    name: "the fast path takes an address that another row holds",
    file: FAST,
    find: "rivals.number = 0 and holder.found is null",
    replace: "rivals.number = 0",
    test: examplesOf("application-code"),
  },
  {
    name: "two users of one batch may claim one address",
    file: FAST,
    find: `and i.email not in (\${twice})`,
    replace: "",
    test: examplesOf("addresses"),
  },
  {
    name: "an address is not removed from its holder before its owner gets it",
    file: CONTENDED,
    find: `where \${email} = any($1::text[]) and \${isClerks("h")}`,
    replace: "where false",
    test: examplesOf("addresses"),
  },
  {
    name: "an heir does not get the released address",
    file: "write-path/slow-path.ts",
    find: `[...recorded.ids, ...owners.map(({ id }) => id)]`,
    replace: "recorded.ids",
    test: examplesOf("addresses"),
  },

  // The application's own rows.
  {
    name: "an application's own row does not block an address",
    file: CONTENDED,
    find: "where h.blocked is null",
    replace: "",
    test: examplesOf("application-code"),
  },
  {
    name: "an address is taken from the application's own row",
    file: CONTENDED,
    find: `where \${email} = any($1::text[]) and \${isClerks("h")}`,
    replace: `where \${email} = any($1::text[])`,
    test: examplesOf("application-code"),
  },
  {
    name: "an id that does not have Clerk's form is accepted",
    file: "write-path/screen.ts",
    find: "if (!isClerkId(snapshot.id)) unfit",
    replace: "if (false) unfit",
    test: examplesOf("bad-data"),
  },

  // Manual edits, and data that PostgreSQL refuses.
  {
    name: "a manually edited row is reported as unchanged",
    file: FAST,
    find: `(u.id, \${shown})
           is not distinct from (i.id, \${valuesOf(said)})`,
    replace: "true",
    test: examplesOf("rows"),
  },
  {
    name: "a manually deleted customer is not created again",
    file: FAST,
    find: "and k.found",
    replace: "",
    test: examplesOf("rows"),
  },
  {
    name: "one user that PostgreSQL refuses fails the whole batch",
    file: "write-path/bisect-rejected.ts",
    find: `failure?.kind !== "data"`,
    replace: `failure !== null`,
    test: examplesOf("outcomes"),
  },
  {
    name: "a quotation mark in a name ends it",
    file: "write-path/array-literal.ts",
    find: `value.replace(/["\\\\]/g, "\\\\$&")`,
    replace: "value",
    test: examplesOf("texts"),
  },

  // Health.
  {
    name: "a first read of a user counts as a change that no webhook delivered",
    file: "freshness/sync-user.ts",
    find: ` && (await isNewerThanStored(db, snapshot))`,
    replace: "",
    test: "status/health.test.ts",
  },
  {
    name: "a full disk is not noticed",
    file: "write-path/disk.ts",
    find: "if (isDiskFull(error)) fullAt = now();",
    replace: "",
    test: "status/health.test.ts",
  },
  {
    name: "a wrong clock is not noticed",
    file: "clerk/clerk-status.ts",
    find: "aheadMs: at && sentAt - at.getTime()",
    replace: "aheadMs: null",
    test: "status/health.test.ts",
  },

  ...effectMutants,
  ...instanceMutants,
  ...outageMutants,
  ...ownIdMutants,
  ...extraColumnMutants,
  ...tombstoneMutants,
  ...runMutants,
];
