import { type ClerkApi, ClerkRefusal } from "../../clerk/clerk-api.ts";
import { type ListParameters, listUsers, type UserPage } from "../../clerk/directory.ts";
import { type Changes, uncounted } from "../cursors/changes-cursor.ts";
import { advance, afterRefusal, nextRequest, startsOver, type Walk } from "../cursors/walk-cursor.ts";
import type { RunKind } from "../report.ts";
import { choose, readPage } from "./page.ts";
import type { PageResult, PassParts } from "./page-result.ts";

/**
 * A page of a walk: lists it, applies it, and finds its gaps. A walk that replaces a pass over the changes counts only those
 * changes; at the end of a full run it counts none, because the run's own walk counted all users.
 */
export async function walkPage(
  { walk, fallbackFor }: { walk: Walk; fallbackFor?: Changes | undefined },
  kind: RunKind,
  { clerk, apply, writePath, instanceId }: PassParts,
): Promise<PageResult> {
  const at = (moved: Walk) => ({ pass: "walk", walk: moved, ...(fallbackFor && { fallbackFor }) }) as const;
  const answer = await pageAt(nextRequest(walk), clerk);
  const page = readPage(answer?.users ?? [], { instanceId, at: answer?.at ?? null }, writePath.readUser);
  if (!answer || startsOver(walk, page)) return { position: at(afterRefusal(walk)) };
  const { fresh, judge, walk: next } = advance(walk, page, answer.users.length);
  const { snapshots, unusable } = choose(page, fresh);
  const applied = [...(await apply(snapshots)), ...unusable];
  return {
    position: next && at(next),
    applied: fallbackFor ? applied.filter(isOneOf(kind === "full" ? [] : uncounted(fallbackFor, page))) : applied,
    alive: page.map(({ id }) => id),
    judge,
  };
}

const isOneOf = (users: readonly { id: string }[]) => {
  const ids = new Set(users.map(({ id }) => id));
  return ({ id }: { id: string }) => ids.has(id);
};

/** A page, or null if Clerk refuses the cursor. */
export async function pageAt(parameters: ListParameters, clerk: ClerkApi): Promise<UserPage | null> {
  try {
    return await listUsers(clerk, parameters);
  } catch (error) {
    if (parameters.starting_after !== undefined && error instanceof ClerkRefusal) return null;
    throw error;
  }
}
