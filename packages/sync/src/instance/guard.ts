import { type ClerkApi, isOnThisMachine } from "../clerk/clerk-api.ts";
import { instanceOf } from "../clerk/instance.ts";
import type { Database } from "../database.ts";
import { namingFailures } from "../database-error.ts";
import { PAGE_MS, within } from "../deadline.ts";
import { SyncError } from "../sync-error.ts";
import type { ApplicationTables } from "../tables.ts";
import { activeInstance, adoptFirstInstance } from "./active-instance.ts";

/** Keeps a database to one Clerk instance: the same address is another person at another one. */
export interface InstanceGuard {
  /**
   * The instance that the secret key belongs to, once it is sure that it is the one that the database mirrors. To be
   * asked for before anything is written that Clerk answered.
   *
   * @throws SyncError INSTANCE_REFUSED, DATABASE_UNREACHABLE, SCHEMA_MISMATCH, and what `ClerkApi.get` throws
   */
  instanceId(): Promise<string>;
  /** Is this instance, which a signed delivery names, the one that the database mirrors? @throws SyncError of the database's */
  mirrors(instanceId: string): Promise<boolean>;
  /** The active instance was changed by this very process. */
  forget(): void;
}

export interface InstanceGuardParts {
  db: Database;
  tables: ApplicationTables;
  clerk: ClerkApi;
  apiUrl: string | undefined;
  /** A monotonic clock, in ms; the process's own by default. */
  now?: () => number;
}

// Another process may make another instance the active one: whoever was right before learns of it this soon.
const KNOWN_FOR_MS = 5 * 60_000;

/**
 * A database without an instance adopts the first one that comes. Who was accepted is not looked at again for five
 * minutes; a refusal or a failure is never remembered, so that an adoption takes effect at once.
 */
export function createInstanceGuard(parts: InstanceGuardParts): InstanceGuard {
  const { db, tables, clerk, apiUrl, now = () => performance.now() } = parts;
  const instanceOfKey = instanceOf(clerk);
  const onlyWhereEmpty = isOnThisMachine(apiUrl);
  let known: { active: string; until: number } | undefined;
  const looks = new Map<string, Promise<string | null>>();

  /** The active instance, from memory only where it is the one that asks. */
  async function activeFor(id: string): Promise<string | null> {
    if (known?.active === id && known.until > now()) return id;
    const look = looks.get(id) ?? within(PAGE_MS, () => readOrAdopt(id)).finally(() => looks.delete(id));
    looks.set(id, look);
    const active = await look;
    known = active === null ? undefined : { active, until: now() + KNOWN_FOR_MS };
    return active;
  }

  const readOrAdopt = (id: string): Promise<string | null> =>
    namingFailures(async () => {
      const active = await activeInstance(db);
      if (active !== null) return active;
      await adoptFirstInstance(db, tables, id, { onlyWhereEmpty });
      return activeInstance(db);
    });

  return {
    async instanceId() {
      const id = await instanceOfKey();
      const active = await activeFor(id);
      if (active !== id) throw new SyncError("INSTANCE_REFUSED", whyRefused(id, active));
      return id;
    },
    mirrors: async (id) => (await activeFor(id)) === id,
    forget() {
      known = undefined;
    },
  };
}

const whyRefused = (id: string, active: string | null): string =>
  active === null
    ? `CLERK_SECRET_KEY belongs to the Clerk instance ${id} on this machine, and this database holds users of another one`
    : `CLERK_SECRET_KEY belongs to the Clerk instance ${id}, and this database mirrors ${active}`;
