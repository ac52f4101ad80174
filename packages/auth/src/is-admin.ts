import { type Caller, normaliseEmail, type Rollcall } from "@rollcall/sync";

/**
 * Whether the caller is an admin: by the session claim `metadata.role`, which only Clerk's secret key can set, or by an address
 * that Clerk has verified as theirs, from a current row. Never by `User.email`: the application can write that.
 */
export async function isAdmin(caller: Caller, rollcall: Rollcall, adminEmails: readonly string[]): Promise<boolean> {
  if (caller.role === "admin") return true;
  if (adminEmails.length === 0) return false;
  const freshness = await rollcall.ensureFresh(caller);
  if (freshness.state !== "fresh") return false;
  const { email, verified } = freshness.mirror.claim;
  return verified && email !== null && adminEmails.includes(email);
}

/** A comma-separated list of addresses, in the form in which Clerk's addresses are stored. */
export const parseAdminEmails = (list: string | undefined): string[] =>
  (list ?? "").split(",").flatMap((address) => normaliseEmail(address) ?? []);
