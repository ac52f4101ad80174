import type { StoredUser } from "../freshness/mirror.ts";

/** What a handler gets. */
interface EffectOf<Type extends string, User> {
  type: Type;
  /**
   * The same for each delivery of this effect, retries included: `type:userId:version`. Pass it to the other service as its
   * idempotency key.
   */
  key: string;
  /** Clerk's id. */
  userId: string;
  /** Read at the delivery, so it may be newer than the change. */
  user: User;
  /** When the change was written. */
  occurredAt: Date;
  /** Aborted after 30 s: the attempt then counts as failed. */
  signal: AbortSignal;
}

/** Clerk made the user after the application began to handle `user.created`. At most once for each user. */
export type UserCreated = EffectOf<"user.created", StoredUser>;
/** A column that is kept in sync changed. Several changes before the delivery are one. */
export type UserUpdated = EffectOf<"user.updated", StoredUser>;
/** The user was deleted. `user.id` is the id of the row, which no longer shows personal data; null if there is none. */
export type UserDeleted = EffectOf<"user.deleted", { id: string | null; clerkId: string }>;
