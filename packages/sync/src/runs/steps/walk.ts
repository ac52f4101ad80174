import { ClerkRefusal } from "../../clerk/clerk-api.ts";
import { type ListParameters, listUsers, type UserPage } from "../../clerk/directory.ts";
import { choose, readPage } from "../read-page.ts";
import { afterRefusal, nextRequest, startsOver, step, type Walk } from "../walk.ts";
import type { Step, StepParts } from "./step.ts";

/** A page of a walk: listed, applied, and its gaps judged. */
export async function stepWalk(walk: Walk, { clerk, apply, instanceId }: StepParts): Promise<Step> {
  const answer = await pageAt(nextRequest(walk), clerk);
  const page = readPage(answer?.users ?? [], { instanceId, at: answer?.at ?? null });
  if (!answer || startsOver(walk, page)) return { position: { pass: "walk", walk: afterRefusal(walk) } };
  const { fresh, judge, walk: next } = step(walk, page, answer.users.length);
  const { snapshots, unusable } = choose(page, fresh);
  return {
    position: next && { pass: "walk", walk: next },
    applied: [...(await apply(snapshots)), ...unusable],
    alive: page.map(({ id }) => id),
    judge,
  };
}

/** A page, or null where Clerk refuses the cursor. */
async function pageAt(parameters: ListParameters, clerk: StepParts["clerk"]): Promise<UserPage | null> {
  try {
    return await listUsers(clerk, parameters);
  } catch (error) {
    if (parameters.starting_after !== undefined && error instanceof ClerkRefusal) return null;
    throw error;
  }
}
