import "server-only";
import { auth as clerk } from "@clerk/nextjs/server";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { ACCOUNT_DELETED } from "@/dashboard/pages.ts";
import { auth, rollcall } from "../host.ts";

export interface Visitor {
  isAdmin: boolean;
  isDeleted: boolean;
}

/** Who asks for this page; null when signed out. Once per request, for the layout and the page. */
export const visitor = cache(async (): Promise<Visitor | null> => {
  const caller = await auth.getCaller();
  if (!caller) return null;
  const isDeleted = (await rollcall.ensureFresh(caller)).state === "deleted";
  return { isDeleted, isAdmin: !isDeleted && (await auth.isAdmin(caller)) };
});

/** A signed-out visitor signs in first, then returns to `path`. */
export async function requireVisitor(path: string): Promise<Visitor> {
  const known = await visitor();
  if (!known) return (await clerk()).redirectToSignIn({ returnBackUrl: path });
  if (known.isDeleted) redirect(ACCOUNT_DELETED);
  return known;
}

/** For an admin's pages: for others they do not exist. */
export async function requireAdmin(path: string): Promise<void> {
  if (!(await requireVisitor(path)).isAdmin) notFound();
}
