import {
  type Caller,
  checkRefusals,
  type MirroredUser,
  type Refusals,
  type Rollcall,
  type StoredUser,
  SyncError,
} from "@rollcall/sync";
import { callerReader } from "./caller.ts";
import { isAdmin, parseAdminEmails } from "./is-admin.ts";
import { sessionKeys } from "./session-keys.ts";
import { userToShow, userWithRow } from "./sync-user.ts";

export { originOf } from "./caller.ts";

export interface RollcallAuthOptions {
  /** Clerk's publishable key, `pk_…`. */
  publishableKey: string;
  /** Comma-separated addresses of admins, in addition to users whose `public_metadata.role` is "admin". */
  adminEmail?: string | undefined;
  /** Clerk's public key. With it, a token is verified without loading Clerk's keys. */
  jwtKey?: string | undefined;
  /** The origins that a session token may be made for. Default: the request's own. */
  authorizedParties?: string[] | undefined;
  /**
   * Refuse callers who are banned at Clerk, by `tables.user.columns.banned`. `createRollcallTRPC` takes it from here.
   * Default: a ban ends the user's sessions at Clerk, and nothing else.
   */
  refuseBanned?: boolean | undefined;
}

export interface RollcallAuth extends Refusals {
  /**
   * The signed-in user, synced; null only when signed out, deleted at Clerk, or banned and refused. Never throws for a failed
   * sync.
   */
  getCurrentUser(): Promise<MirroredUser | null>;
  /** The signed-in user, whose row exists. @throws SyncError UNAUTHENTICATED, USER_DELETED, USER_BANNED, or why there is no row */
  requireUser(): Promise<StoredUser>;
  /** The caller, read from the given headers or from those of Next's current request; null when signed out. */
  getCaller(headers?: Headers): Promise<Caller | null>;
  isAdmin(caller: Caller): Promise<boolean>;
  /**
   * The public key of a request's token, for Clerk's middleware, whose own loading of keys has no timeout; undefined if the
   * request has no token.
   *
   * @throws SyncError CLERK_UNREACHABLE or CLERK_UNAUTHORIZED within 3 s; never with `jwtKey`
   */
  sessionKey(headers: Headers): Promise<string | undefined>;
  /** What is wrong with this machine's clock, if it was over 20 s off when Clerk's keys were last loaded. */
  clockHint(): string | undefined;
}

/**
 * Clerk's session as Rollcall's caller, by the rollcall's own secret key. It reads no environment.
 *
 * @throws SyncError NOT_CONFIGURED if `refuseBanned` is set and no column is named for `banned`
 */
export function createRollcallAuth(rollcall: Rollcall, options: RollcallAuthOptions): RollcallAuth {
  const { publishableKey, jwtKey, adminEmail, authorizedParties, refuseBanned } = options;
  const refusals = checkRefusals(rollcall, { refuseBanned });
  const {
    clerk: { secretKey, apiUrl },
    logger,
  } = rollcall.settings();
  const adminEmails = parseAdminEmails(adminEmail);
  const { keyOf, clockHint } = sessionKeys({ secretKey, apiUrl, logger });
  const sessionKey = async (headers: Headers) => jwtKey ?? keyOf(headers);
  const readCaller = callerReader({
    secretKey,
    publishableKey,
    apiUrl,
    keyOf: sessionKey,
    authorizedParties,
  });
  const getCaller = async (headers?: Headers) => readCaller(headers ?? (await headersOfThisRequest()));

  return {
    ...refusals,
    getCaller,
    async getCurrentUser() {
      const caller = await getCaller();
      return caller && userToShow(rollcall, caller, refusals);
    },
    async requireUser() {
      const caller = await getCaller();
      if (!caller) throw new SyncError("UNAUTHENTICATED", "The caller is not signed in");
      return userWithRow(rollcall, caller, refusals);
    },
    isAdmin: (caller) => isAdmin(caller, rollcall, adminEmails),
    sessionKey,
    clockHint,
  };
}

/** Loaded only when needed, so that a server without Next can pass its headers instead. */
async function headersOfThisRequest(): Promise<Headers> {
  const { headers } = await import("next/headers.js");
  return new Headers(await headers());
}
