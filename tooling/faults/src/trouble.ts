import { expect } from "vitest";
import type { Answer } from "./ask.ts";
import { type Changes, startChanges } from "./changes.ts";
import { printFigures } from "./figures.ts";
import * as invariants from "./invariants.ts";
import { type Load, startLoad } from "./load.ts";
import type { App } from "./programs.ts";
import { firstRun, runEnded, startRun } from "./runs.ts";
import { openStack, type Stack, type StackOptions } from "./stack.ts";

export interface Scene {
  stack: Stack;
  app: App;
  load: Load;
  changes: Changes;
  /** What has been answered since the trouble began. */
  answers(): Answer[];
}

export interface Trouble extends StackOptions {
  /** The name under which its figures are printed. */
  name: string;
  /** What fails, and how it ends. A full run, callers, and changes at Clerk continue meanwhile. */
  during(scene: Scene): Promise<void>;
  /** Whether the app's own process stays up: then it answers everything. */
  staysUp?: boolean;
}

/**
 * The frame of most specs: an app in use, while users change at Clerk and a full run is in progress; then the trouble. In the end,
 * every promise must have been kept.
 */
export async function survive({ name, during, staysUp = true, ...options }: Trouble): Promise<void> {
  await using stack = await openStack(options);
  const app = await stack.app();
  await firstRun(stack, app);
  await stack.clerk.deliverTo(app.url);
  const load = startLoad(stack, () => [app]);
  const changes = startChanges(stack);
  await load.round();
  const runId = await startRun(stack, app, "full");
  const before = load.answers.length;
  await during({ stack, app, load, changes, answers: () => load.answers.slice(before) });

  const recoveryMs = await invariants.expectRecovery(stack, app);
  // It may have failed for good in the trouble, but it must not stay in progress.
  await startRun(stack, app, "full");
  const run = await runEnded(stack, runId);
  await changes.more(20);
  const made = await changes.stop();
  const answers = await load.stop();
  const webhooks = await invariants.expectDelivered(stack);
  printFigures(name, answers, { made, webhooks, recoveryMs, peakMiB: await app.peakMemory() });

  expect(run).toMatchObject({ state: "done" });
  await invariants.expectLogged(stack, load.accepted);
  invariants.expectAnsweredInTime(answers);
  if (staysUp) invariants.expectAllAnswered(answers);
  invariants.expectNoFaults(answers, [app]);
  invariants.expectSessionsKept(answers);
  await invariants.expectOneRunRepairs(stack, app);
  await invariants.expectBoundedMemory(app);
  invariants.expectNoSecrets(stack, [app], answers);
}
