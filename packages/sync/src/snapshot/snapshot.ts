import type { ClerkUser } from "./clerk-user.ts";

/** What Clerk said about one user, and when it was true. All times are Clerk's. */
export interface Snapshot {
  id: string;
  instanceId: string;
  /** The claim: the primary address, when it was verified, and when the user added it. */
  email: string | null;
  emailVerifiedAt: Date | null;
  emailSince: Date | null;
  name: string | null;
  image: string | null;
  /** The further fields that the application names columns for, by their names; null if it names none. */
  extra: Readonly<Record<string, unknown>> | null;
  createdAt: Date;
  /** The version is the pair (updatedAt, checkedAt); between two snapshots of one user, the larger pair is newer. */
  updatedAt: Date;
  checkedAt: Date;
}

/** What is known about an answer besides its content. */
export interface Known {
  instanceId: string;
  at: Date | null;
}

const NAME_LIMIT = 256; // code points
const EMAIL_LIMIT = 320; // 64 for the local part, "@", 255 for the domain (RFC 5321)

export const withoutNul = (text: string) => text.replaceAll("\u0000", "");

// A-Z alone: toLowerCase() would also turn the Kelvin sign U+212A into "k", and with it one person's address into another's.
const lowerCaseAscii = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** The form in which addresses are stored and compared; null for an empty or overlong address. */
export function normaliseEmail(address: string): string | null {
  const email = lowerCaseAscii(withoutNul(address).trim());
  return email === "" || email.length > EMAIL_LIMIT ? null : email;
}

function displayName({ first_name, last_name, username }: ClerkUser): string | null {
  const fullName = [first_name, last_name].map((part) => withoutNul(part ?? "").trim()).filter((part) => part !== "");
  const name = fullName.length > 0 ? fullName.join(" ") : withoutNul(username ?? "").trim();
  return name === "" ? null : Array.from(name).slice(0, NAME_LIMIT).join("").trimEnd();
}

function claimOf(user: ClerkUser): Pick<Snapshot, "email" | "emailVerifiedAt" | "emailSince"> {
  const primary = user.email_addresses.find(({ id }) => id === user.primary_email_address_id);
  const email = primary ? normaliseEmail(primary.email_address) : null;
  if (!primary || email === null) return { email: null, emailVerifiedAt: null, emailSince: null };
  const verified = primary.verification?.status === "verified";
  return {
    email,
    emailVerifiedAt: verified ? new Date(primary.updated_at ?? user.created_at) : null,
    emailSince: primary.created_at == null ? null : new Date(primary.created_at),
  };
}

/**
 * Maps Clerk's user object to a snapshot without further fields (`userReader` reads those): a pure function, and the only place
 * that normalises emails and names.
 *
 * @param known `instanceId` of the Clerk instance that answered, and `at`: a moment, in Clerk's time, at which the object
 * is known to be true. A user cannot have changed after they were read, so the result is never before `updated_at`.
 */
export function toSnapshot(user: ClerkUser, known: Known): Snapshot {
  return {
    id: user.id,
    instanceId: known.instanceId,
    ...claimOf(user),
    name: displayName(user),
    image: withoutNul(user.image_url ?? "").trim() || null,
    extra: null,
    createdAt: new Date(user.created_at),
    updatedAt: new Date(user.updated_at),
    checkedAt: new Date(Math.max(user.updated_at, known.at?.getTime() ?? user.updated_at)),
  };
}

/** The newest snapshot of each user; if two are equally new, the later one in the list. */
export function newestOfEach(snapshots: readonly Snapshot[]): Snapshot[] {
  const newest = new Map<string, Snapshot>();
  for (const snapshot of snapshots) {
    const rival = newest.get(snapshot.id);
    if (!rival || compareVersions(snapshot, rival) >= 0) newest.set(snapshot.id, snapshot);
  }
  return [...newest.values()];
}

const compareVersions = (a: Snapshot, b: Snapshot) =>
  a.updatedAt.getTime() - b.updatedAt.getTime() || a.checkedAt.getTime() - b.checkedAt.getTime();
