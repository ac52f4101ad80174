import { type ClerkApi, isOnThisMachine } from "../clerk/clerk-api.ts";
import { instanceOf } from "../clerk/instance.ts";
import type { Database } from "../database/database.ts";
import { withSyncErrors } from "../database/database-error.ts";
import { PAGE_MS, within } from "../database/deadline.ts";
import type { ApplicationTables } from "../database/tables.ts";
import { SyncError } from "../sync-error.ts";
import { type Adoptable, activeInstance, adoptFirstInstance, isAdoptable } from "./active-instance.ts";

/** Binds a database to one Clerk instance: the same address may be a different person in another one. */
export interface InstanceGuard {
  /**
   * The instance that the secret key belongs to, after checking that the database mirrors it. Call it
   * before you write anything that Clerk answered.
   *
   * @param options.adopts a database without an instance adopts this one (the default); false for calls that only compare:
   * such a database is then left as it is
   * @throws SyncError INSTANCE_REFUSED, DATABASE_UNREACHABLE, SCHEMA_MISMATCH, and what `ClerkApi.get` throws
   */
  instanceId(options?: { adopts?: boolean }): Promise<string>;
  /**
   * Whether the database mirrors this instance, which a signed delivery names. A signature does not prove it: Clerk's dashboard
   * sends examples from an instance that does not exist. So a database without an instance adopts the delivery's only if the key
   * belongs to it too.
   *
   * @throws SyncError for database errors and, if the database has no instance, what `ClerkApi.get` throws
   */
  mirrors(instanceId: string): Promise<boolean>;
  /** Call it when this process has changed the active instance. */
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

// Another process may make another instance the active one: processes with the old key notice within this time.
const KNOWN_FOR_MS = 5 * 60_000;

/**
 * A database without an instance adopts the first key it sees. An accepted instance is not checked again for five minutes; a
 * refusal or a failure is never cached, so that an adoption takes effect immediately.
 */
export function createInstanceGuard(parts: InstanceGuardParts): InstanceGuard {
  const { db, tables, clerk, apiUrl, now = () => performance.now() } = parts;
  const instanceOfKey = instanceOf(clerk);
  const adoptable: Adoptable = { tables, onlyWhereEmpty: isOnThisMachine(apiUrl) };
  let known: { active: string; until: number } | undefined;
  const looks = new Map<string, Promise<string | null>>();

  /** The active instance; from memory only if it is `id`. */
  async function activeFor(id: string, { adopts }: { adopts: boolean }): Promise<string | null> {
    if (known?.active === id && known.until > now()) return id;
    const question = `${adopts ? "adopt" : "read"} ${id}`;
    const look =
      looks.get(question) ?? within(PAGE_MS, () => readOrAdopt(id, adopts)).finally(() => looks.delete(question));
    looks.set(question, look);
    const active = await look;
    known = active === null ? undefined : { active, until: now() + KNOWN_FOR_MS };
    return active;
  }

  const readOrAdopt = (id: string, adopts: boolean): Promise<string | null> =>
    withSyncErrors(async () => {
      const active = await activeInstance(db);
      if (active !== null || !adopts) return active;
      await adoptFirstInstance(db, id, adoptable);
      return activeInstance(db);
    });

  return {
    async instanceId({ adopts = true } = {}) {
      const id = await instanceOfKey();
      const active = await activeFor(id, { adopts });
      const isFree = active === null && !adopts && (await withSyncErrors(() => isAdoptable(db, adoptable)));
      if (active !== id && !isFree) throw new SyncError("INSTANCE_REFUSED", whyRefused(id, active));
      return id;
    },
    async mirrors(id) {
      const active = await activeFor(id, { adopts: false });
      if (active !== null) return active === id;
      return (await instanceOfKey()) === id && (await activeFor(id, { adopts: true })) === id;
    },
    forget() {
      known = undefined;
    },
  };
}

const whyRefused = (id: string, active: string | null): string =>
  active === null
    ? `CLERK_SECRET_KEY belongs to the Clerk instance ${id} on this machine, and this database holds users of another one`
    : `CLERK_SECRET_KEY belongs to the Clerk instance ${id}, and this database mirrors ${active}`;
