/** One protection of the write path, taken away. */
export interface Mutant {
  /** What is gone, as a sentence. */
  name: string;
  /** Below packages/sync/src. */
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
}

const FAST = "write-path/statements/fast.ts";
const CONTENDED = "write-path/statements/contended.ts";
const FRAGMENTS = "write-path/statements/fragments.ts";

export const mutants: Mutant[] = [
  {
    name: "an older snapshot is not judged outdated",
    file: FAST,
    find: `when \${version("c")} > \${version("i")} then 'outdated'`,
    replace: `when false then 'outdated'`,
  },
  {
    name: "ON CONFLICT does not compare versions",
    file: FRAGMENTS,
    find: `export const isNewer = \`\${version("excluded")} >= \${version("c")}\``,
    replace: "export const isNewer = `true`",
  },
  {
    name: "the first email is taken instead of the primary one",
    file: "snapshot/snapshot.ts",
    find: "user.email_addresses.find(({ id }) => id === user.primary_email_address_id)",
    replace: "user.email_addresses[0]",
  },
  {
    name: "toLowerCase() for all letters instead of A to Z alone",
    file: "snapshot/snapshot.ts",
    find: "text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())",
    replace: "text.toLowerCase()",
  },
  {
    name: "a deletion before the birth is ignored",
    file: CONTENDED,
    find: `from unnest($1::text[]) as id order by id`,
    replace: `from unnest($1::text[]) as id where exists (select from "ClerkUser" x where x.id = id.id) order by id`,
  },
  {
    name: "a snapshot may overwrite a tombstone",
    file: FRAGMENTS,
    find: `where c."deletedAt" is null and \${guard}`,
    replace: `where \${guard}`,
  },
  {
    name: "no retry after a collision",
    file: "write-path/rerun.ts",
    find: "const TRIES = 20;",
    replace: "const TRIES = 1;",
  },
  {
    name: "no lock in the slow path",
    file: CONTENDED,
    find: `\`select pg_advisory_xact_lock(\${LOCK_KEY})\``,
    replace: `\`select \${LOCK_KEY}\``,
  },
  {
    name: "the claim rule is not repeated in ON CONFLICT",
    file: FAST,
    find: `\${isNewer} and (c.email is null or \${claim("c")} is not distinct from \${claim("excluded")})`,
    replace: `\${isNewer}`,
  },
  {
    name: "a User row that is equal already is not locked",
    file: FAST,
    find: `\${show("written")}`,
    replace: `\${show(\`(select w.* from written w where not exists (select from \${users} x where x.\${key} = w.id and \${shownBy("x")} is not distinct from (w.email, w."emailVerifiedAt", w.name, w.image))) as w\`)}`,
  },
  {
    name: "no settling: a late tie of the same millisecond wins",
    file: FAST,
    find: `(c."checkedAt" >= c."updatedAt" + interval '61 s') is not true`,
    replace: "false",
  },
  {
    name: "a lost settling is taken for unchanged",
    file: FAST,
    find: `or verdict = 'unchanged' and touch and t.id is null then`,
    replace: "then",
  },
  {
    name: "an heir does not get the address that was given up",
    file: CONTENDED,
    find: "union select id from owner",
    replace: "",
  },
  {
    name: "an application's own row does not block an address",
    file: CONTENDED,
    find: "where h.blocked is null",
    replace: "",
  },
  {
    name: "an unverified claim ranks with the verified ones",
    file: FRAGMENTS,
    find: `\${row}."emailVerifiedAt" is null, coalesce(\${row}."emailSince", '-infinity') desc`,
    replace: `coalesce(\${row}."emailSince", '-infinity') desc`,
  },
  {
    name: "two users of one batch may claim one address",
    file: FAST,
    find: `and i.email not in (\${twice})`,
    replace: "",
  },
];
