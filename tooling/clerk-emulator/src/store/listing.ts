import type { Directory, IdentifierKind } from "./directory.ts";
import { ascendingBy, lowerBound, type OrderField } from "./order.ts";
import type { User } from "./user.ts";

/** Moments in ms, both excluded. */
export type Between = { after?: number | undefined; before?: number | undefined };

/** A filter of users. All given conditions must be true. */
export type UserFilter = {
  ids?: readonly string[] | undefined;
  withoutIds?: readonly string[] | undefined;
  /** Any of these values of this kind. */
  identifiers: readonly { kind: IdentifierKind; values: readonly string[]; without: readonly string[] }[];
  /** Part of an email address, phone number, username, id or name, in any case. */
  query?: string | undefined;
  partOf: readonly { kind: "email_address" | "phone_number" | "username" | "name"; text: string }[];
  banned?: boolean | undefined;
  createdAt: Between;
  lastActiveAt: Between;
  lastSignInAt: Between;
  /** Requires something that no emulated user has (a wallet, an organization, a connected account). */
  impossible: boolean;
};

export type Page = {
  field: OrderField;
  descending: boolean;
  limit: number;
  offset: number;
  /** The last user of the previous page; only in the order of `created_at`. */
  after?: User | undefined;
};

type Predicate = (user: User) => boolean;

/** One page of the users that match the filter, in the page's order. */
export function listUsers(directory: Directory, filter: UserFilter, page: Page): User[] {
  const { users, from, to, matches } = select(directory, filter, page.field);
  const step = page.descending ? -1 : 1;
  let at = page.descending ? to - 1 : from;
  if (page.after) {
    const cursor = page.after;
    const compare = ascendingBy(page.field);
    at = page.descending
      ? Math.min(at, lowerBound(users, (user) => compare(user, cursor) < 0) - 1)
      : Math.max(
          at,
          lowerBound(users, (user) => compare(user, cursor) <= 0),
        );
  }
  let skip = page.offset;
  if (!matches) {
    at += step * skip;
    skip = 0;
  }
  const found: User[] = [];
  for (; at >= from && at < to && found.length < page.limit; at += step) {
    const user = users[at];
    if (!user || (matches && !matches(user))) continue;
    if (skip > 0) skip -= 1;
    else found.push(user);
  }
  return found;
}

/** How many users match the filter. */
export function countUsers(directory: Directory, filter: UserFilter): number {
  const { users, from, to, matches } = select(directory, filter, "created_at");
  if (!matches) return Math.max(0, to - from);
  let count = 0;
  for (let at = from; at < to; at += 1) {
    const user = users[at];
    if (user && matches(user)) count += 1;
  }
  return count;
}

/** The users to check, ascending, and the conditions left to test (undefined: none). */
function select(directory: Directory, filter: UserFilter, field: OrderField) {
  const few = namedUsers(directory, filter);
  const users = few ? few.sort(ascendingBy(field)) : directory.orderedBy(field);
  const tests = testsOf(filter);
  let [from, to] = [0, users.length];
  if (field === "created_at") {
    const { after, before } = filter.createdAt;
    if (after !== undefined) from = lowerBound(users, (user) => user.created_at <= after);
    if (before !== undefined) to = lowerBound(users, (user) => user.created_at < before);
  } else {
    tests.push(...within(filter.createdAt, (user) => user.created_at));
  }
  const matches = tests.length > 0 ? (user: User) => tests.every((test) => test(user)) : undefined;
  return { users, from, to, matches };
}

/** The candidates if the filter names some, by id or by identifier; undefined: all users. */
function namedUsers(directory: Directory, filter: UserFilter): User[] | undefined {
  if (filter.impossible) return [];
  if (filter.ids) return [...new Set(filter.ids)].flatMap((id) => directory.get(id) ?? []);
  const named = filter.identifiers.find(({ values }) => values.length > 0);
  if (!named) return undefined;
  return [...new Set(named.values.flatMap((value) => directory.holders(named.kind, value)))];
}

function testsOf(filter: UserFilter): Predicate[] {
  const { withoutIds, query, banned } = filter;
  return [
    ...(withoutIds ? [(user: User) => !withoutIds.includes(user.id)] : []),
    ...filter.identifiers.map(({ kind, values, without }) => (user: User) => {
      const own = valuesOf(user, kind);
      return (values.length === 0 || sharesOne(own, values)) && !sharesOne(own, without);
    }),
    ...(query === undefined ? [] : [(user: User) => everythingOf(user).includes(query.toLowerCase())]),
    ...filter.partOf.map(
      ({ kind, text }) =>
        (user: User) =>
          valuesOf(user, kind).some((value) => value.toLowerCase().includes(text.toLowerCase())),
    ),
    ...(banned === undefined ? [] : [(user: User) => user.banned === banned]),
    ...within(filter.lastActiveAt, (user) => user.last_active_at),
    ...within(filter.lastSignInAt, (user) => user.last_sign_in_at),
  ];
}

function within({ after, before }: Between, moment: (user: User) => number | null): Predicate[] {
  if (after === undefined && before === undefined) return [];
  return [
    (user) => {
      const at = moment(user);
      return at !== null && at > (after ?? -Infinity) && at < (before ?? Infinity);
    },
  ];
}

function valuesOf(user: User, kind: IdentifierKind | "name"): string[] {
  if (kind === "email_address") return user.email_addresses.map((email) => email.email_address);
  if (kind === "phone_number") return user.phone_numbers.map((phone) => phone.phone_number);
  if (kind === "name") return [[user.first_name, user.last_name].filter((part) => part !== null).join(" ")];
  return user[kind] === null ? [] : [user[kind]];
}

function sharesOne(own: readonly string[], asked: readonly string[]): boolean {
  return own.some((value) => asked.some((other) => value.toLowerCase() === other.toLowerCase()));
}

/** Users are immutable, so the searchable text of each is built once. */
const searchTexts = new WeakMap<User, string>();

function everythingOf(user: User): string {
  const known = searchTexts.get(user);
  if (known !== undefined) return known;
  const kinds = ["email_address", "phone_number", "username", "name"] as const;
  const text = [user.id, ...kinds.flatMap((kind) => valuesOf(user, kind))].join("\n").toLowerCase();
  searchTexts.set(user, text);
  return text;
}
