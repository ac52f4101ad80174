/** Who holds the address that a user claims. */
export type EmailClaim =
  /** The user does: their row shows it. */
  | { email: string; holder: "self" }
  /** Another user does, because of the first of these rules that tells the two apart. */
  | { email: string; holder: "user"; user: Claimant; because: "verified" | "added_later" | "smaller_id" }
  /** A row of the application's own, which is never written. */
  | { email: string; holder: "application"; rowId: string }
  /** It is the user's, but their row does not show it yet: the next sync writes it. */
  | { email: string; holder: "none" };

/** A user who claims an address. */
export interface Claimant {
  id: string;
  name: string | null;
  emailVerifiedAt: Date | null;
  /** Since when the user has the address; null if unknown. */
  emailSince: Date | null;
}

/**
 * Why one claimant comes before another, by the order of `rank` (write-path/statements/fragments.ts): verified before unverified,
 * then the address that was added last, then the smallest id.
 *
 * @returns null if it does not
 */
export function precedes(
  one: Omit<Claimant, "name">,
  other: Omit<Claimant, "name">,
): "verified" | "added_later" | "smaller_id" | null {
  const isVerified = one.emailVerifiedAt !== null;
  if (isVerified !== (other.emailVerifiedAt !== null)) return isVerified ? "verified" : null;
  const since = one.emailSince?.getTime() ?? Number.NEGATIVE_INFINITY;
  const otherSince = other.emailSince?.getTime() ?? Number.NEGATIVE_INFINITY;
  if (since !== otherSince) return since > otherSince ? "added_later" : null;
  return one.id < other.id ? "smaller_id" : null;
}
