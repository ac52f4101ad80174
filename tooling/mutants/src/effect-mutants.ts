import type { Mutant } from "./mutant.ts";

const OUTBOX = "effects/statements/outbox.ts";
const DELIVERY = "effects/statements/delivery.ts";
const FILLS = "effects/outbox.test.ts";
const DELIVERS = "effects/delivery.test.ts";

/** Which effects there are, and that each is delivered. */
export const effectMutants: Mutant[] = [
  {
    name: "a first import adds user.created for everyone",
    file: OUTBOX,
    find: "greatest(t.since, statement_timestamp()",
    replace: "greatest('-infinity'::timestamptz, statement_timestamp()",
    test: FILLS,
  },
  {
    name: "a user who signed up long ago gets user.created",
    file: OUTBOX,
    find: `greatest(t.since, statement_timestamp() - interval '\${CREATED_WITHIN_DAYS} days')`,
    replace: "t.since",
    test: FILLS,
  },
  {
    name: "a user gets user.created again",
    file: OUTBOX,
    find: "\n  where e.type <> 'user.created'",
    replace: "",
    test: FILLS,
  },
  {
    name: "the slow path adds no user.created",
    file: OUTBOX,
    find: `where \${isNew("w")} order by w.id`,
    replace: "where false order by w.id",
    test: FILLS,
  },
  {
    name: "the first sync of a row is a user.updated in the fast path",
    file: OUTBOX,
    find: "and w.known and w.id in",
    replace: "and w.id in",
    test: FILLS,
  },
  {
    name: "the first sync of a row is a user.updated in the slow path",
    file: "write-path/slow-path.ts",
    find: "!written.has(id) || recordedBefore.has(id)",
    replace: "true",
    test: FILLS,
  },
  {
    name: "a change that the row does not show is a user.updated in the fast path",
    file: OUTBOX,
    find: "and w.id in (select id from shown)",
    replace: "",
    test: FILLS,
  },
  {
    name: "a change that the row does not show is a user.updated in the slow path",
    file: OUTBOX,
    find: ' and md5(${shownBy("u")}::text) <> b.shown',
    replace: "",
    test: FILLS,
  },
  {
    name: "a further change postpones an effect",
    file: OUTBOX,
    find: `then e."runAt" else`,
    replace: `then excluded."runAt" else`,
    test: FILLS,
  },
  {
    name: "a deletion of a user who was never here adds user.deleted",
    file: OUTBOX,
    find: "and (p.recorded or p.known)",
    replace: "",
    test: FILLS,
  },
  {
    name: "a repeated deletion adds user.deleted again",
    file: OUTBOX,
    find: " and not p.dead",
    replace: "",
    test: FILLS,
  },
  {
    name: "a lifted tombstone leaves user.deleted in the outbox",
    file: OUTBOX,
    find: `where type = 'user.deleted' and "userId" in (select id from lifted)`,
    replace: `where false and "userId" in (select id from lifted)`,
    test: FILLS,
  },
  {
    name: "a lifted tombstone makes the outbox forget a delivered user.deleted",
    file: OUTBOX,
    find: `\n    and "doneVersion" is distinct from version\n)`,
    replace: "\n)",
    test: FILLS,
  },
  {
    name: "an adoption keeps the former instance's effects",
    file: "instance/adopt.ts",
    find: "await transaction.query(restartStatement);",
    replace: "",
    test: FILLS,
  },
  {
    name: "two processes deliver the same effect",
    file: DELIVERY,
    find: `and ("claimedUntil" is null or "claimedUntil" <= statement_timestamp())`,
    replace: "",
    test: DELIVERS,
  },
  {
    name: "user.updated overtakes user.created",
    file: "effects/statements/pending.ts",
    find: ".type <> 'user.updated' or not exists",
    replace: ".type is not null or not exists",
    test: DELIVERS,
  },
  {
    name: "a change while the handler runs is not delivered",
    file: DELIVERY,
    find: `set "doneVersion" = $3::bigint`,
    replace: `set "doneVersion" = version`,
    test: DELIVERS,
  },
  {
    name: "a failing effect never dies",
    file: DELIVERY,
    find: "version = $3::bigint and attempts >= ",
    replace: "false and attempts >= ",
    test: DELIVERS,
  },
  {
    name: "a delivered user.created is forgotten while the user could get another",
    file: DELIVERY,
    find: "${CREATED_WITHIN_DAYS + 1} days",
    replace: "0 days",
    test: DELIVERS,
  },
  {
    name: "user.created is delivered for a deleted user",
    file: "effects/deliver.ts",
    find: `mirror.state === "absent" || mirror.state === "deleted"`,
    replace: `mirror.state === "absent"`,
    test: DELIVERS,
  },
  {
    name: "the outbox stores an email address of a handler's error",
    file: "effects/handler-error.ts",
    find: `.replaceAll(ADDRESS, "<email>")`,
    replace: "",
    test: DELIVERS,
  },
];
