import "server-only";
import { rollcall } from "@rollcall/app";
import { getCaller, isAdmin } from "@rollcall/auth";
import { originOf } from "@rollcall/auth/mount";
import type { Freshness } from "@rollcall/sync";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { returnPath, withReturn } from "@/session/return-path.ts";

export interface Visitor {
  freshness: Freshness;
  isAdmin: boolean;
}

/** Who asks for this page; null when signed out. Once per request, for the layout and the page. */
export const visitor = cache(async (): Promise<Visitor | null> => {
  const caller = await getCaller();
  if (!caller) return null;
  const freshness = await rollcall.ensureFresh(caller);
  return { freshness, isAdmin: freshness.state !== "deleted" && (await isAdmin(caller)) };
});

/**
 * For pages behind a sign-in: a signed-out visitor signs in first, then returns to `path`; one whose account was deleted reads
 * that. Each page calls it: a layout is not rendered again when its visitor moves to another page.
 */
export async function requireVisitor(path: string): Promise<Visitor> {
  const known = await visitor();
  if (!known) redirect(withReturn("/sign-in", path));
  if (known.freshness.state === "deleted") redirect("/account-deleted");
  return known;
}

/** For an admin's pages: for others they do not exist. */
export async function requireAdmin(path: string): Promise<void> {
  if (!(await requireVisitor(path)).isAdmin) notFound();
}

/** The page to return to, from the address. */
export const returnPathOf = async (given: string | string[] | undefined): Promise<string> =>
  returnPath(given, originOf(await headers()));
