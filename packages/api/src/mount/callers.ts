import type { Caller } from "@rollcall/sync";

/** Who calls, and what they may: `createRollcallAuth` has both. */
export interface Callers {
  /** Who calls, by the request's headers; null when signed out. */
  getCaller: (headers: Headers) => Promise<Caller | null>;
  isAdmin: (caller: Caller) => Promise<boolean>;
  /** Refuse callers who are banned at Clerk, by `tables.user.columns.banned`. Default false. */
  refuseBanned?: boolean | undefined;
}
