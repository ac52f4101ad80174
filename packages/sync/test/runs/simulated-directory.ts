import { type ListParameters, PAGE_SIZE } from "../../src/clerk/directory.ts";
import type { Listed } from "../../src/runs/walk.ts";

/** What Clerk's documentation leaves open, or what its replicas have been seen to do. */
export interface Manners {
  /** What becomes of a page whose cursor's user is gone. */
  lostCursor: "422" | "404" | "an empty page" | "starting over";
  /** Whether a filter by time takes in its bound. */
  afterIncludes: boolean;
  beforeIncludes: boolean;
}

/** Clerk's list of users, as far as a walk sees it: by `created_at`, and in one fixed order within a millisecond. */
export class SimulatedDirectory {
  #users: Listed[];
  readonly #manners: Manners;
  /** How often a cursor was refused, in whatever manner. */
  refusals = 0;
  /** The next page will be empty though there are users to list. */
  failing = false;

  constructor(users: Listed[], manners: Manners) {
    this.#users = [...users];
    this.#manners = manners;
  }

  get users(): readonly Listed[] {
    return this.#users;
  }

  delete(id: string): void {
    this.#users = this.#users.filter((user) => user.id !== id);
  }

  /** Into the order where it belongs: after those of the same millisecond, or between them. */
  create(user: Listed, amongTies: boolean): void {
    const at = this.#users.findIndex(({ createdAt }) =>
      amongTies ? createdAt >= user.createdAt : createdAt > user.createdAt,
    );
    this.#users.splice(at === -1 ? this.#users.length : at, 0, user);
  }

  /** A page, or null for an answer that refuses the cursor. */
  list({ starting_after, offset = 0, limit, created_at_after, created_at_before }: ListParameters): Listed[] | null {
    if (limit > PAGE_SIZE) throw new Error("Clerk would silently give 10");
    if (this.failing) {
      this.failing = false;
      return [];
    }
    if (starting_after !== undefined) {
      const cursor = this.#users.findIndex(({ id }) => id === starting_after);
      if (cursor !== -1) return this.#users.slice(cursor + 1, cursor + 1 + limit);
      this.refusals++;
      if (this.#manners.lostCursor === "starting over") return this.#users.slice(0, limit);
      return this.#manners.lostCursor === "an empty page" ? [] : null;
    }
    const after = (created_at_after ?? Number.NEGATIVE_INFINITY) - Number(this.#manners.afterIncludes);
    const before = (created_at_before ?? Number.POSITIVE_INFINITY) + Number(this.#manners.beforeIncludes);
    return this.#users.filter(({ createdAt }) => createdAt > after && createdAt < before).slice(offset, offset + limit);
  }
}
