import fc from "fast-check";
import { type ListParameters, PAGE_SIZE } from "../../../src/clerk/directory.ts";

export interface User {
  id: string;
  createdAt: number;
  updatedAt: number;
}

/** Behaviour that Clerk's documentation leaves open, or that its replicas have shown. */
export interface Manners {
  /** The response to a cursor whose user was deleted. */
  lostCursor: "422" | "404" | "an empty page" | "starting over";
  /** Whether a time filter includes its bound. */
  afterIncludes: boolean;
  beforeIncludes: boolean;
}

export const PLAIN: Manners = { lostCursor: "422", afterIncludes: false, beforeIncludes: false };

/** What may happen between two requests. */
export type Operation =
  | { does: "delete the last listed" | "delete the newest" | "answer with an empty page" }
  | { does: "delete"; who: number }
  | { does: "change"; who: number; count: number }
  | { does: "delete the next" | "change the next"; count: number }
  | { does: "create"; amongTies: boolean }
  | { does: "wait"; ms: number }
  | { does: "answer from a replica"; behind: number };

/** A replica lags by at most this many events, each of at most five seconds: less than a minute. */
const LAG = 11;

/** @param deletions at most how many of the following users are deleted together */
export const operations = (deletions: number): fc.Arbitrary<Operation[][]> => {
  const some = fc.integer({ min: 1, max: 3 });
  const event = fc.oneof(
    fc.record({ does: fc.constant("delete the last listed") }),
    fc.record({ does: fc.constantFrom("delete the newest", "answer with an empty page") }),
    fc.record({ does: fc.constant("delete"), who: fc.nat(5_000) }),
    fc.record({ does: fc.constant("delete the next"), count: fc.oneof(some, fc.integer({ min: 1, max: deletions })) }),
    fc.record({ does: fc.constant("change"), who: fc.nat(5_000), count: fc.oneof(some, fc.nat(700)) }),
    fc.record({ does: fc.constant("change the next"), count: some }),
    fc.record({ does: fc.constant("create"), amongTies: fc.boolean() }),
    fc.record({ does: fc.constant("wait"), ms: fc.constantFrom(1, 5_000) }),
    fc.record({ does: fc.constant("answer from a replica"), behind: fc.integer({ min: 1, max: LAG }) }),
  );
  return fc.array(fc.array(event, { maxLength: 3 }), { maxLength: 30 });
};

export const manners: fc.Arbitrary<Manners> = fc.record({
  lostCursor: fc.constantFrom("422", "404", "an empty page", "starting over"),
  afterIncludes: fc.boolean(),
  beforeIncludes: fc.boolean(),
});

/** Sign-up times, in ms from 1,000 on: crowds in one millisecond, and a stream of single users in between. */
export const moments: fc.Arbitrary<number[]> = fc
  .record({
    crowds: fc.array(
      fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 1, max: 3 }) },
        { weight: 2, arbitrary: fc.integer({ min: 100, max: 499 }) },
        { weight: 2, arbitrary: fc.integer({ min: 500, max: 1_100 }) },
      ),
      { minLength: 1, maxLength: 10 },
    ),
    stream: fc.nat(1_500),
    gap: fc.constantFrom(1, 2, 500),
  })
  .map(({ crowds, stream, gap }) => {
    let now = 1_000;
    return crowds.flatMap((size) => {
      const oneByOne = Array.from({ length: stream / crowds.length }, () => (now += gap));
      now += gap;
      return [...oneByOne, ...Array.from({ length: size }, () => now)];
    });
  });

/** Clerk's list of users: by `created_at` or `updated_at`, and in one fixed order within a millisecond. */
export class SimulatedDirectory {
  /** Every state of the directory so far, each in the order of `created_at`; replicas answer from older ones. */
  readonly #states: [readonly User[], ...(readonly User[])[]];
  readonly #manners: Manners;
  #now: number;
  #last: { id: string; order: ListParameters["order_by"] } | null = null;
  #answeredEmpty = false;
  #failing = false;
  #behind = 0;
  #born = 0;
  calls = 0;
  refusals = 0;

  constructor(users: readonly User[], manners: Manners = PLAIN) {
    this.#states = [users];
    this.#manners = manners;
    this.#now = users.reduce((newest, user) => Math.max(newest, user.createdAt, user.updatedAt), 0);
  }

  get users(): readonly User[] {
    return this.#states.at(-1) ?? this.#states[0];
  }

  apply(event: Operation): void {
    switch (event.does) {
      case "delete the last listed":
        this.delete(...(this.#last ? [this.#last.id] : []));
        break;
      case "delete the newest":
        this.delete(...this.users.slice(-1).map(({ id }) => id));
        break;
      case "delete":
        this.delete(...this.#from(event.who, 1));
        break;
      case "delete the next":
        this.delete(...this.#next(event.count));
        break;
      case "change":
        this.change(...this.#from(event.who, event.count));
        break;
      case "change the next":
        this.change(...this.#next(event.count));
        break;
      case "create":
        this.#create(event.amongTies);
        break;
      case "wait":
        this.#now += event.ms;
        this.#become(this.users);
        break;
      case "answer with an empty page":
        this.#failing = true;
        break;
      case "answer from a replica":
        this.#behind = event.behind;
    }
  }

  delete(...ids: string[]): void {
    const gone = new Set(ids);
    this.#become(this.users.filter(({ id }) => !gone.has(id)));
  }

  change(...ids: string[]): void {
    const changed = new Set(ids);
    this.#become(this.users.map((user) => (changed.has(user.id) ? { ...user, updatedAt: this.#now } : user)));
  }

  /** A page, or null if Clerk refuses the cursor. */
  list(request: ListParameters): User[] | null {
    if (request.limit > PAGE_SIZE) throw new Error("Clerk would silently return 10");
    this.calls++;
    const users = this.#states.at(-1 - Math.min(this.#behind, this.#states.length - 1)) ?? this.users;
    // Two wrong empty answers in a row would end any walk.
    const page = this.#failing && !this.#answeredEmpty ? [] : this.#page(users, request);
    this.#behind = 0;
    this.#failing = false;
    this.#answeredEmpty = page?.length === 0;
    const last = page?.at(-1);
    if (last) this.#last = { id: last.id, order: request.order_by };
    return page;
  }

  #page(users: readonly User[], request: ListParameters): User[] | null {
    const { order_by, starting_after, offset = 0, limit, created_at_after, created_at_before } = request;
    if (starting_after !== undefined) {
      const cursor = users.findIndex(({ id }) => id === starting_after);
      if (cursor !== -1) return users.slice(cursor + 1, cursor + 1 + limit);
      this.refusals++;
      if (this.#manners.lostCursor === "starting over") return users.slice(0, limit);
      return this.#manners.lostCursor === "an empty page" ? [] : null;
    }
    const after = (created_at_after ?? Number.NEGATIVE_INFINITY) - Number(this.#manners.afterIncludes);
    const before = (created_at_before ?? Number.POSITIVE_INFINITY) + Number(this.#manners.beforeIncludes);
    return inOrder(users, order_by)
      .filter(({ createdAt }) => createdAt > after && createdAt < before)
      .slice(offset, offset + limit);
  }

  #from(who: number, count: number): string[] {
    const first = who % Math.max(1, this.users.length);
    return this.users.slice(first, first + count).map(({ id }) => id);
  }

  /** The users after the last listed one. */
  #next(count: number): string[] {
    const users = inOrder(this.users, this.#last?.order ?? "+created_at");
    const next = users.findIndex(({ id }) => id === this.#last?.id) + 1;
    return users.slice(next, next + count).map(({ id }) => id);
  }

  /** A new user can only have the present time: after those of the same millisecond, or before them. */
  #create(amongTies: boolean): void {
    const now = this.#now;
    const user = { id: `user_late${this.#born++}`, createdAt: now, updatedAt: now };
    const at = this.users.findIndex(({ createdAt }) => amongTies && createdAt >= now);
    this.#become(at === -1 ? [...this.users, user] : this.users.toSpliced(at, 0, user));
  }

  #become(users: readonly User[]): void {
    this.#states.push(users);
    if (this.#states.length > LAG + 1) this.#states.shift();
  }
}

const sorted = new WeakMap<readonly User[], readonly User[]>();

function inOrder(users: readonly User[], order: ListParameters["order_by"]): readonly User[] {
  if (order !== "-updated_at") return users;
  const known = sorted.get(users);
  if (known) return known;
  const byChange = users.toSorted((a, b) => b.updatedAt - a.updatedAt);
  sorted.set(users, byChange);
  return byChange;
}
