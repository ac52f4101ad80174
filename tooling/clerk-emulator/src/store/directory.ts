import { type OrderField, SortedUsers } from "./order.ts";
import type { User } from "./user.ts";

/** The identifiers of a user other than the id. */
export type IdentifierKind = "email_address" | "phone_number" | "username" | "external_id";

function identifiers(user: User): string[] {
  return [
    ...user.email_addresses.map((email) => identifierKey("email_address", email.email_address)),
    ...user.phone_numbers.map((phone) => identifierKey("phone_number", phone.phone_number)),
    ...(user.username === null ? [] : [identifierKey("username", user.username)]),
    ...(user.external_id === null ? [] : [identifierKey("external_id", user.external_id)]),
  ];
}

function identifierKey(kind: IdentifierKind, value: string): string {
  return `${kind}\0${kind === "external_id" ? value : value.toLowerCase()}`;
}

/** The users in memory, by id, by identifier and by position in any order. Users are immutable. */
export class Directory {
  readonly #users = new Map<string, User>();
  readonly #holders = new Map<string, Set<string>>();
  /** An order is sorted when it is first needed, then maintained. */
  readonly #orders = new Map<OrderField, SortedUsers>();

  get size(): number {
    return this.#users.size;
  }

  get(id: string): User | undefined {
    return this.#users.get(id);
  }

  all(): Iterable<User> {
    return this.#users.values();
  }

  /** Everyone who has this identifier; several may have the same unverified email address. */
  holders(kind: IdentifierKind, value: string): User[] {
    const ids = this.#holders.get(identifierKey(kind, value)) ?? [];
    return [...ids].flatMap((id) => this.#users.get(id) ?? []);
  }

  /** Every user, ascending by the field, ties by id. */
  orderedBy(field: OrderField): readonly User[] {
    const known = this.#orders.get(field);
    if (known) return known.items;
    const order = new SortedUsers(field, this.#users.values());
    this.#orders.set(field, order);
    return order.items;
  }

  /** Adds the user, or replaces the one with the same id. */
  put(user: User): void {
    this.remove(user.id);
    this.#users.set(user.id, user);
    for (const key of identifiers(user)) {
      const holders = this.#holders.get(key);
      if (holders) holders.add(user.id);
      else this.#holders.set(key, new Set([user.id]));
    }
    for (const order of this.#orders.values()) order.add(user);
  }

  remove(id: string): void {
    const user = this.#users.get(id);
    if (!user) return;
    this.#users.delete(id);
    for (const key of identifiers(user)) {
      const holders = this.#holders.get(key);
      holders?.delete(id);
      if (holders?.size === 0) this.#holders.delete(key);
    }
    for (const order of this.#orders.values()) order.remove(user);
  }

  /** Call it before a large batch of users: sorting again is then cheaper than inserting each. */
  forgetOrders(): void {
    this.#orders.clear();
  }
}
