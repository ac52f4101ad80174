import { extraFields } from "../database/extra-fields.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { isClerkId } from "../snapshot/clerk-user.ts";
import type { Snapshot } from "../snapshot/snapshot.ts";
import { type Failed, failed } from "./outcome.ts";
import { PLACEHOLDER_DOMAIN } from "./statements/names.ts";

export const NOT_CLERKS = "the id is not a Clerk user id";

/** Rejects what needs no database to be rejected: an id that is not Clerk's, an invalid time. */
export const screenFor =
  ({ user }: ApplicationTables) =>
  (snapshots: Snapshot[]): { fit: Snapshot[]; unfit: Failed[] } => {
    const fields = extraFields(user.columns).map(({ field }) => field);
    const fit: Snapshot[] = [];
    const unfit: Failed[] = [];
    for (const snapshot of snapshots) {
      const badTime = TIMES.find((column) => !isReadable(snapshot[column]));
      const unread = fields.find((field) => !Object.hasOwn(snapshot.extra ?? {}, field));
      if (!isClerkId(snapshot.id)) unfit.push(failed(snapshot.id, NOT_CLERKS));
      else if (badTime) unfit.push(failed(snapshot.id, `${badTime} is not a valid time`));
      else if (unread) unfit.push(failed(snapshot.id, `${unread} was not read: use \`userReader\` with these columns`));
      else if (user.placeholderEmail) fit.push(withoutPlaceholder(snapshot));
      else fit.push(snapshot);
    }
    return { fit, unfit };
  };

/** No user can own an address of the placeholders' domain. A claim on another user's would collide with it at each sync. */
const withoutPlaceholder = (snapshot: Snapshot): Snapshot =>
  snapshot.email?.endsWith(PLACEHOLDER_DOMAIN)
    ? { ...snapshot, email: null, emailVerifiedAt: null, emailSince: null }
    : snapshot;

const TIMES = ["emailVerifiedAt", "emailSince", "createdAt", "updatedAt", "checkedAt"] as const;

// PostgreSQL stores other years too, but Prisma reads them as invalid times.
const FIRST_TIME = Date.parse("0001-01-01T00:00:00Z");
const LAST_TIME = Date.parse("9999-12-31T23:59:59.999Z");
const isReadable = (time: Date | null): boolean =>
  time === null || (time.getTime() >= FIRST_TIME && time.getTime() <= LAST_TIME);
