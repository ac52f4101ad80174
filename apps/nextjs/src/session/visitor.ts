import "server-only";
import { rollcall } from "@rollcall/app";
import { getCaller } from "@rollcall/auth";
import { originOf } from "@rollcall/auth/mount";
import type { Freshness } from "@rollcall/sync";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { returnPath, withReturn } from "@/session/return-path.ts";

/** For pages behind a sign-in: a signed-out visitor signs in first, then returns to `path`. */
export async function requireVisitor(path: string): Promise<Freshness> {
  const caller = await getCaller();
  if (!caller) redirect(withReturn("/sign-in", path));
  return rollcall.ensureFresh(caller);
}

/** The page to return to, from the address. */
export const returnPathOf = async (given: string | string[] | undefined): Promise<string> =>
  returnPath(given, originOf(await headers()));
