import { primaryEmailAddress, type User } from "./user.ts";

type Sortable = string | number | null;

const VALUES = {
  created_at: (user) => user.created_at,
  updated_at: (user) => user.updated_at,
  last_active_at: (user) => user.last_active_at,
  last_sign_in_at: (user) => user.last_sign_in_at,
  first_name: (user) => user.first_name,
  last_name: (user) => user.last_name,
  username: (user) => user.username,
  email_address: (user) => primaryEmailAddress(user)?.email_address ?? null,
  phone_number: (user) => user.phone_numbers[0]?.phone_number ?? null,
  web3wallet: () => null,
} satisfies Record<string, (user: User) => Sortable>;

/** What users can be ordered by. */
export type OrderField = keyof typeof VALUES;

export function isOrderField(name: string): name is OrderField {
  return Object.hasOwn(VALUES, name);
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Ascending, users without a value last (as PostgreSQL has it), ties by id: a total order. */
export function ascendingBy(field: OrderField): (a: User, b: User) => number {
  const value: (user: User) => Sortable = VALUES[field];
  return (a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === right) return compare(a.id, b.id);
    if (left === null) return 1;
    if (right === null) return -1;
    return compare(left, right);
  };
}

/** The first position whose item is not `before`, by binary search in an ascending list. */
export function lowerBound<T>(items: readonly T[], before: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && before(item)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** All users in one order, kept sorted as they are added, changed and deleted. */
export class SortedUsers {
  readonly #compare: (a: User, b: User) => number;
  readonly #items: User[];

  constructor(field: OrderField, users: Iterable<User>) {
    this.#compare = ascendingBy(field);
    this.#items = [...users].sort(this.#compare);
  }

  get items(): readonly User[] {
    return this.#items;
  }

  add(user: User): void {
    this.#items.splice(this.#place(user), 0, user);
  }

  remove(user: User): void {
    this.#items.splice(this.#place(user), 1);
  }

  #place(user: User): number {
    return lowerBound(this.#items, (item) => this.#compare(item, user) < 0);
  }
}
