import { createHash } from "node:crypto";
import type { Snapshot } from "@rollcall/sync";

const FIRST_BIRTH = Date.UTC(2024, 0, 1);
const MINUTE_MS = 60_000;

/**
 * The n-th user of a directory, as Clerk describes them after this many renames. Ids grow with time, like Clerk's; addresses do
 * not. The snapshot was read long enough after the change to settle the row.
 */
export function userOf(n: number, renames = 0): Snapshot {
  const hash = createHash("md5").update(`user ${n}`).digest("hex");
  const createdAt = FIRST_BIRTH + n * MINUTE_MS;
  const updatedAt = createdAt + renames * MINUTE_MS;
  return {
    id: `user_${String(n).padStart(9, "0")}${hash.slice(0, 18)}`,
    instanceId: "ins_2bench000000000000000000000",
    email: `${hash.slice(0, 16)}@example.com`,
    emailVerifiedAt: new Date(createdAt),
    emailSince: new Date(createdAt),
    name: `Given${n} Family${renames}`,
    image: `https://img.clerk.com/${hash}${hash}`,
    createdAt: new Date(createdAt),
    updatedAt: new Date(updatedAt),
    checkedAt: new Date(updatedAt + 2 * MINUTE_MS),
    extra: null,
  };
}

/** The users from the first number on. */
export const usersFrom = (first: number, count: number, renames = 0): Snapshot[] =>
  Array.from({ length: count }, (_, index) => userOf(first + index, renames));
