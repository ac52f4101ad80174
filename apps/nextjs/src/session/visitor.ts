import "server-only";
import { getCaller, originOf, rollcall } from "@rollcall/auth";
import type { Freshness } from "@rollcall/sync";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { returnPath, withReturn } from "@/session/return-path.ts";

/** For pages behind a sign-in: who is signed out goes to sign in, and comes back to `path`. */
export async function requireVisitor(path: string): Promise<Freshness> {
  const caller = await getCaller();
  if (!caller) redirect(withReturn("/sign-in", path));
  return rollcall.ensureFresh(caller);
}

/** The page to go on to, as the address asks for it. */
export const returnPathOf = async (given: string | string[] | undefined): Promise<string> =>
  returnPath(given, originOf(await headers()));
