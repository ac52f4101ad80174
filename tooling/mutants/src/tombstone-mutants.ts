import type { Mutant } from "./mutant.ts";

const TOMBSTONE = "freshness/tombstone.ts";
const REMOVE = "write-path/statements/remove.ts";
const CONTENDED = "write-path/statements/contended.ts";
const TOMBSTONES = "freshness/tombstones.test.ts";

/** When a tombstone is lifted, and when it is not. */
export const tombstoneMutants: Mutant[] = [
  {
    name: "a token makes Clerk be asked about a signed webhook's tombstone",
    file: TOMBSTONE,
    find: `deletedBy === "run" && `,
    replace: "",
    test: TOMBSTONES,
  },
  {
    name: "a token of the same second as Clerk's 404 disputes it",
    file: TOMBSTONE,
    find: `tokenIssuedAt > checkedAt`,
    replace: `tokenIssuedAt >= checkedAt`,
    test: TOMBSTONES,
  },
  {
    name: "a 404 without a time cannot be disputed",
    file: TOMBSTONE,
    find: `checkedAt === null || `,
    replace: `checkedAt !== null && `,
    test: TOMBSTONES,
  },
  {
    name: "a tombstone is lifted although a signed webhook has confirmed it meanwhile",
    file: REMOVE,
    find: `"deletedBy" = 'run' and`,
    replace: "",
    test: TOMBSTONES,
  },
  {
    name: "a tombstone is lifted although Clerk has returned another 404 meanwhile",
    file: REMOVE,
    find: `coalesce("checkedAt", '-infinity') < to_timestamp($2::float8 / 1000)`,
    replace: `$2::float8 is not null`,
    test: TOMBSTONES,
  },
  {
    name: "a caller that joins an earlier token's flight gets its refusal",
    file: "freshness/ensure-fresh.ts",
    find: `caller.tokenIssuedAt <= tokenIssuedAt`,
    replace: "true",
    test: "freshness/ensure-fresh.test.ts",
  },
  {
    name: "each of many callers checks the tombstone separately",
    file: "freshness/ensure-fresh.ts",
    find: `caller.tokenIssuedAt <= tokenIssuedAt`,
    replace: "false",
    test: "freshness/ensure-fresh.test.ts",
  },
  {
    name: "of two runs, the one that writes last dates the tombstone",
    file: CONTENDED,
    find: `greatest(c."checkedAt", excluded."checkedAt")`,
    replace: `excluded."checkedAt"`,
    test: "write-path/deletions.test.ts",
  },
  {
    name: "a run dates a signed webhook's tombstone",
    file: CONTENDED,
    find: `when 'webhook' in (c."deletedBy", excluded."deletedBy") then c."checkedAt"`,
    replace: "when false then null",
    test: "write-path/deletions.test.ts",
  },
  {
    name: "Clerk's 404 is dated before it was sent",
    file: "clerk/clerk-api.ts",
    find: `return { found: false, at: dateOf(response) }`,
    replace: `return { found: false, at: trueSince(dateOf(response), 1) }`,
    test: "clerk/clerk-api.test.ts",
  },
];
