import type { Mutant } from "./mutant.ts";

const GUARD = "instance/guard.ts";
const FIRST = "instance/active-instance.ts";
const REMOVE = "write-path/statements/remove.ts";
const ADOPT = "instance/adopt.ts";

/** What binds a database to one Clerk instance. */
export const instanceMutants: Mutant[] = [
  {
    name: "the key of another instance is accepted",
    file: GUARD,
    find: `if (active !== id && !isFree) throw`,
    replace: `if (false) throw`,
    test: "instance/guard.test.ts",
  },
  {
    name: "a delivery of another instance is accepted",
    file: "webhook/handle-webhook.ts",
    find: `if (!(await mirrors(instanceId))) return`,
    replace: `if (false) return`,
    test: "webhook/other-instance.test.ts",
  },
  {
    name: "a database without an instance adopts that of any signed delivery",
    file: GUARD,
    find: `(await instanceOfKey()) === id && `,
    replace: "",
    test: "instance/guard.test.ts",
  },
  {
    name: "a call that only compares adopts",
    file: GUARD,
    find: `if (active !== null || !adopts) return active;`,
    replace: `if (active !== null) return active;`,
    test: "instance/guard.test.ts",
  },
  {
    name: "a dry run adopts",
    file: "runs/process-window.ts",
    find: `parts.instanceId({ adopts: !window.dryRun })`,
    replace: `parts.instanceId({ adopts: true })`,
    test: "runs/dry-run.test.ts",
  },
  {
    name: "a refusal is remembered: an adoption takes effect with the next process",
    file: GUARD,
    find: `if (known?.active === id && known.until > now()) return id;`,
    replace: `if (known && known.until > now()) return known.active;`,
    test: "instance/guard.test.ts",
  },
  {
    name: "an instance that was accepted once is accepted forever",
    file: GUARD,
    find: ` && known.until > now()`,
    replace: "",
    test: "instance/guard.test.ts",
  },
  {
    name: "the database's instance is read each time",
    file: GUARD,
    find: `known = active === null ? undefined : { active, until: now() + KNOWN_FOR_MS };`,
    replace: "",
    test: "instance/guard.test.ts",
  },
  {
    name: "an emulator is adopted by a database full of Clerk users",
    file: FIRST,
    find: `not $1::boolean or not exists`,
    replace: `$1::boolean is not null or not exists`,
    test: "instance/guard.test.ts",
  },
  {
    name: "no emulator is adopted by a database with the application's own rows",
    file: FIRST,
    find: `where \${isClerks("u")}`,
    replace: "where true",
    test: "instance/guard.test.ts",
  },
  {
    name: "an adoption does not wait for its turn",
    file: ADOPT,
    find: `await transaction.query(patientLockStatement);`,
    replace: "",
    test: "instance/adopt.test.ts",
  },
  {
    name: "an adoption keeps syncing the previous instance's users",
    file: REMOVE,
    find: `where "instanceId" <> $1::text and "deletedAt" is null`,
    replace: `where "instanceId" <> $1::text and false`,
    test: "instance/adopt.test.ts",
  },
  {
    name: "an adoption drops tombstones",
    file: REMOVE,
    find: `<> $1::text and "deletedAt" is null`,
    replace: "<> $1::text",
    test: "instance/adopt.test.ts",
  },
  {
    name: "an adoption leaves a run that waits for a confirmation",
    file: "runs/statements/end-run.ts",
    find: "cancelOpenRuns = cancelRuns(`${UNDER_WAY} or state = 'awaiting_confirmation'`)",
    replace: "cancelOpenRuns = cancelRuns(UNDER_WAY)",
    test: "instance/adopt.test.ts",
  },
  {
    name: "the active instance is adopted again",
    file: ADOPT,
    find: `if (previous !== instanceId) {`,
    replace: `if (true) {`,
    test: "instance/adopt.test.ts",
  },
  {
    name: "an adoption of the active instance keeps what the previous one still wrote",
    file: ADOPT,
    find: `await transaction.query(releaseInstanceStatement, [instanceId])`,
    replace: `previous === instanceId ? [{ released: 0 }] : await transaction.query(releaseInstanceStatement, [instanceId])`,
    test: "instance/adopt.test.ts",
  },
  {
    name: "an instance that comes back starts from its old high-water mark",
    file: ADOPT,
    find: `set mark = null where mark is not null`,
    replace: `set mark = null where false`,
    test: "runs/incremental.test.ts",
  },
];
