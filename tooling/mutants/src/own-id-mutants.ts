import type { Mutant } from "./mutant.ts";

const FAST = "write-path/statements/fast.ts";
const CONTENDED = "write-path/statements/contended.ts";
const NAMES = "write-path/statements/names.ts";
const ADOPTION = "adoption/adoption.test.ts";
const UNLINKED = "write-path/unlinked.test.ts";

/** Applications with ids of their own, and with rows that do not hold Clerk's id yet. */
export const ownIdMutants: Mutant[] = [
  {
    name: "a user whose row is not linked yet gets a second one",
    file: FAST,
    find: "when unlinked.found then 'unlinked'",
    replace: "when false then 'unlinked'",
    test: UNLINKED,
  },
  {
    name: "the slow path records a user whose row is not linked yet",
    file: CONTENDED,
    find: `"incoming where id not in (select id from unlinked)"`,
    replace: `"incoming"`,
    test: UNLINKED,
  },
  {
    name: "the slow path shows a user whose row is not linked yet in a second one",
    file: CONTENDED,
    find: "mine where not dead and not unlinked",
    replace: "mine where not dead",
    test: UNLINKED,
  },
  {
    name: "an address that is not verified is enough to refuse a user",
    file: NAMES,
    find: `and \${row}."emailVerifiedAt" is not null and`,
    replace: "and",
    test: UNLINKED,
  },
  {
    name: "a user who has a row is refused, too",
    file: NAMES,
    find: `and not exists (select from \${users} u where u.\${key} = \${row}.id)`,
    replace: "",
    test: UNLINKED,
  },
  {
    name: "a row without Clerk's id is written as if it were a Clerk user's",
    file: NAMES,
    find: "+$', false)",
    replace: "+$', true)",
    test: UNLINKED,
  },
  {
    name: "a customer is made for another user's row",
    file: FAST,
    find: "left join shown s on s.id = w.id",
    replace: "left join shown s on true",
    test: UNLINKED,
  },
  {
    name: "a user can claim another's placeholder",
    file: "write-path/screen.ts",
    find: "snapshot.email?.endsWith(PLACEHOLDER_DOMAIN)",
    replace: "snapshot.email === PLACEHOLDER_DOMAIN",
    test: "write-path/application-tables.test.ts",
  },
  {
    name: "a row is linked though another user matches it, too",
    file: "adoption/people.ts",
    find: "isUndecided(person) && rivals.length > 0",
    replace: "false",
    test: ADOPTION,
  },
  {
    name: "an address that is not verified makes a row theirs",
    file: "adoption/candidate-rows.ts",
    find: "people.filter((person) => person.verified)",
    replace: "people.filter((person) => person.email !== null)",
    test: ADOPTION,
  },
  {
    name: "a user who has a row is linked to a second one",
    file: "adoption/classify.ts",
    find: "if (rows.size > 1) {",
    replace: "if (false) {",
    test: ADOPTION,
  },
];
