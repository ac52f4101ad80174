import { expect } from "vitest";
import type { RunReport } from "../../src/index.ts";
import { emailOf, type ListedUser, type Mirror } from "./mirror.ts";

/** All users that Clerk lists are here as Clerk says, and no others. */
export async function expectCarriedOver({ host, clerk, listed }: Mirror): Promise<void> {
  const users = await listed();
  const live = new Set((await host.clerkUsers()).filter((row) => row.deletedBy === null).map(({ id }) => id));
  expect(live).toEqual(new Set(users.map(({ id }) => id)));
  const shown = (await host.users()).filter(({ id }) => live.has(id));
  expect(new Map(shown.map(({ id, email, name }) => [id, { email, name }]))).toEqual(
    new Map(users.map((user) => [user.id, { email: emailOf(user), name: nameOf(user) }])),
  );
  const customers = new Set((await host.customers()).map((row) => row.authUserId));
  expect(users.filter(({ id }) => !customers.has(id))).toEqual([]);
  for (const { instanceId } of await host.clerkUsers()) expect(instanceId).toBe(clerk.instanceId);
}

const nameOf = ({ first_name, last_name, username }: ListedUser): string | null => {
  const name = [first_name, last_name].filter((part) => part).join(" ") || username;
  return name ? [...name].slice(0, 256).join("") : null;
};

export const seenIsTheSumOf = ({ created, updated, unchanged, outdated, deleted, failed }: RunReport): number =>
  created + updated + unchanged + outdated + deleted + failed;
