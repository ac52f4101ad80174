import type { Mutant } from "./mutant.ts";

const FRAGMENTS = "write-path/statements/fragments.ts";
const CONTENDED = "write-path/statements/contended.ts";
const EXTRA = "write-path/statements/extra.ts";
const NAMES = "write-path/statements/names.ts";
const WRITE_PATH = "write-path/write-path.ts";
const READER = "snapshot/user-reader.ts";
const COLUMNS = "write-path/extra-columns.test.ts";
const READING = "snapshot/user-reader.test.ts";

/** Columns for more of Clerk's fields. */
export const extraColumnMutants: Mutant[] = [
  {
    name: "a field whose column is no longer named stays stored",
    file: FRAGMENTS,
    find: `\${row}.image, \${row}.extra, \${row}."createdAt"`,
    replace: `\${row}.image, \${row}."createdAt"`,
    test: COLUMNS,
  },
  {
    name: "without such columns something is stored anyway",
    file: FRAGMENTS,
    find: `: "null::jsonb"} as extra`,
    replace: `: "'{}'::jsonb"} as extra`,
    test: COLUMNS,
  },
  {
    name: "a change of the further fields is not recorded",
    file: FRAGMENTS,
    find: "image = excluded.image, extra = excluded.extra,",
    replace: "image = excluded.image,",
    test: COLUMNS,
  },
  {
    name: "a tombstone keeps the further fields in ClerkUser",
    file: CONTENDED,
    find: "image = null, extra = null,",
    replace: "image = null,",
    test: COLUMNS,
  },
  {
    name: "a tombstone keeps the application's further columns",
    file: NAMES,
    find: "      projection.map(({ column, empty }) =>",
    replace: "      projection.slice(0, 4).map(({ column, empty }) =>",
    test: COLUMNS,
  },
  {
    name: "the slow path shows nothing in the further columns",
    file: CONTENDED,
    find: "c.image, c.extra, c.dead",
    replace: "c.image, null::jsonb as extra, c.dead",
    test: COLUMNS,
  },
  {
    name: "a key that a user does not have is JSON's null instead of none",
    file: EXTRA,
    find: "`nullif(${json}, 'null')`",
    replace: "json",
    test: COLUMNS,
  },
  {
    name: "a flag is null where nothing is known",
    file: EXTRA,
    find: `flag: "false"`,
    replace: `flag: "null"`,
    test: COLUMNS,
  },
  {
    name: "a collision does not name the column",
    file: "write-path/why-rejected.ts",
    find: "uniqueColumns.get(constraint)",
    replace: "undefined",
    test: COLUMNS,
  },
  {
    name: "a username that moves within a page is refused",
    file: WRITE_PATH,
    find: "if (collided.length === 0 || collided.length === batch.length)",
    replace: "if (true)",
    test: COLUMNS,
  },
  {
    name: "a snapshot that lacks a field empties its column",
    file: "write-path/screen.ts",
    find: "else if (unread)",
    replace: "else if (false)",
    test: COLUMNS,
  },
  {
    name: "NUL in metadata spoils the user",
    file: "write-path/json-text.ts",
    find: `return "";`,
    replace: "return escaped;",
    test: COLUMNS,
  },
  {
    name: "half a surrogate pair in metadata spoils the user",
    file: "write-path/json-text.ts",
    find: `escaped.startsWith("\\\\ud")`,
    replace: "false",
    test: COLUMNS,
  },
  {
    name: "a backslash before a zero is taken for NUL",
    file: "write-path/json-text.ts",
    find: "{2}|.)",
    replace: "{2})",
    test: COLUMNS,
  },
  {
    name: "a call does not fill a column that is named later",
    file: "freshness/is-current.ts",
    find: "if (!complete) return false;",
    replace: "",
    test: "freshness/is-current.test.ts",
  },
  {
    name: "one of several fields is enough for a row to be complete",
    file: "freshness/mirror.ts",
    find: "c.extra ?& ",
    replace: "c.extra ?| ",
    test: COLUMNS,
  },
  {
    name: "a ban is not read",
    file: "freshness/mirror.ts",
    find: "coalesce((c.extra ->> 'banned')::boolean, false)",
    replace: "false",
    test: COLUMNS,
  },
  {
    name: "every banned caller is refused",
    file: "freshness/require-user.ts",
    find: "refuseBanned === true && ",
    replace: "",
    test: "freshness/require-user.test.ts",
  },
  {
    name: "no banned caller is refused",
    file: "freshness/require-user.ts",
    find: `user.state !== "unpersisted" && user.mirror.banned`,
    replace: "false",
    test: "freshness/require-user.test.ts",
  },
  {
    name: "the first phone number counts as the primary one",
    file: READER,
    find: "find(({ id }) => id === primary_phone_number_id)",
    replace: "find(({ id }) => id !== primary_phone_number_id)",
    test: READING,
  },
  {
    name: "a key of JavaScript's own objects is taken for metadata",
    file: READER,
    find: "Object.hasOwn(all, key)",
    replace: "key in all",
    test: READING,
  },
  {
    name: "a field that is not of the expected form empties its column",
    file: READER,
    find: "if (!value.success) return value;",
    replace: "if (!value.success) continue;",
    test: READING,
  },
];
