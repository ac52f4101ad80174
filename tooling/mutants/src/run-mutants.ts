import type { Mutant } from "./mutant.ts";

const CHECKPOINT = "runs/window-store.ts";
const SLICE = "runs/process-window.ts";
const STORE = "runs/run-store.ts";
const CANDIDATES = "runs/candidates.ts";
const CONTINUE = "runs/statements/continue-run.ts";
const FOLLOWING_PASS = "runs/passes/next-pass.ts";
const GET_USER = "clerk/get-user.ts";

const examplesOf = (what: string) => `runs/${what}.test.ts`;

/** The protections of the runs. */
export const runMutants: Mutant[] = [
  // Each page is counted once, by the worker that owns it.
  {
    name: "a page is counted even if another worker moved the window",
    file: "runs/statements/window.ts",
    find: '  and w.number = $2::int\n  and w.checkpoint = $3::int\n  and w."endedAt" is null\nreturning',
    replace: "  and w.number = $2::int\nreturning",
    test: examplesOf("compare-and-set"),
  },
  {
    name: "a cancelled run continues to its end",
    file: "runs/statements/window.ts",
    find: "where id = $1::uuid\n    and ${UNDER_WAY}\n  for",
    replace: "where id = $1::uuid\n  for",
    test: examplesOf("progress-and-cancel"),
  },
  {
    name: "a window whose job is lost waits forever",
    file: "runs/revive.ts",
    find: "if (jobId !== null && (await queue.isAlive(jobId))) continue;",
    replace: "if (jobId !== null) continue;",
    test: examplesOf("lost-jobs"),
  },
  {
    name: "a page that kills its workers is retried forever",
    file: SLICE,
    find: "claimed.attempts > ATTEMPTS",
    replace: "false",
    test: examplesOf("lost-jobs"),
  },
  {
    name: "processes do not take turns over the queue's tables",
    file: "runs/queue.ts",
    find: "await client.query(wait);",
    replace: "",
    test: examplesOf("queue"),
  },

  // Clerk's quota.
  {
    name: "a run uses up the whole of Clerk's quota",
    file: "clerk/half-the-quota.ts",
    find: "intervalCap: quota / 2",
    replace: "intervalCap: quota",
    test: "clerk/half-the-quota.test.ts",
  },
  {
    name: "a worker with a current page ignores the pause that another one started",
    file: SLICE,
    find: "if (moved.window.pausedForMs === 0) return moved.window;",
    replace: "return moved.window;",
    test: examplesOf("rate-limit"),
  },
  {
    name: "a pause counts as an attempt",
    file: "runs/statements/window.ts",
    find: "attempts = greatest(attempts - 1, 0),",
    replace: "attempts = attempts,",
    test: examplesOf("rate-limit"),
  },
  {
    name: "a run waits ten hours for Clerk's quota",
    file: "runs/statements/pause.ts",
    find: `const LONGEST_TROUBLE = "1 hour";`,
    replace: `const LONGEST_TROUBLE = "10 hours";`,
    test: examplesOf("rate-limit"),
  },
  {
    name: "the hour of pauses does not restart with a page",
    file: SLICE,
    find: "if (moved.wasPaused) await endPause(db, window.runId);",
    replace: "",
    test: examplesOf("rate-limit"),
  },

  // No user is deleted wrongly.
  {
    name: "a recently written row becomes a candidate",
    file: "runs/statements/candidates.ts",
    find: `const WRITTEN_BEFORE = "1 hour";`,
    replace: `const WRITTEN_BEFORE = "-1 hour";`,
    test: examplesOf("missing-users"),
  },
  {
    name: "a user that a later page lists stays a candidate",
    file: CANDIDATES,
    find: "if (alive.length > 0) {",
    replace: "if (false) {",
    test: examplesOf("meanwhile"),
  },
  {
    name: "no confirmation is needed, however many users are missing",
    file: FOLLOWING_PASS,
    find: "if (!confirmed && isSuspicious(candidates, live))",
    replace: "if (false)",
    test: examplesOf("confirmation"),
  },
  {
    name: "half of a small directory needs no confirmation",
    file: FOLLOWING_PASS,
    find: "|| candidates * 2 >= live",
    replace: "",
    test: examplesOf("confirmation"),
  },
  {
    name: "a list is enough to create a tombstone",
    file: "clerk/ask-for-users.ts",
    find: "answer?.found === false ? [{ id, at: answer.at }] : []",
    replace: "[{ id, at: answer?.found === false ? answer.at : null }]",
    test: examplesOf("missing-users"),
  },
  {
    name: "an unusable answer about one missing user stops the run",
    file: GET_USER,
    find: "error instanceof UnusableAnswer || (error",
    replace: "(error",
    test: examplesOf("missing-users"),
  },
  {
    name: "a refusal about one missing user stops the run",
    file: GET_USER,
    find: "|| (error instanceof ClerkRefusal && error.status !== 404)",
    replace: "",
    test: examplesOf("missing-users"),
  },
  {
    name: "a foreign 404 counts as Clerk's answer about a missing user",
    file: GET_USER,
    find: " && error.status !== 404",
    replace: "",
    test: examplesOf("missing-users"),
  },
  {
    name: "a user that a webhook deleted still counts as missing",
    file: "runs/statements/candidates.ts",
    find: `coalesce(c."deletedBy" = 'webhook', false)`,
    replace: "false",
    test: examplesOf("missing-users"),
  },
  {
    name: "a dry run asks about missing users, and marks them as deleted",
    file: FOLLOWING_PASS,
    find: "candidates === 0 || dryRun)",
    replace: "candidates === 0)",
    test: examplesOf("dry-run"),
  },
  {
    name: "a dry run that a killed process left stays in progress",
    file: STORE,
    find: "dryRun ? cancelDryRuns : wanted",
    replace: "wanted",
    test: examplesOf("dry-run"),
  },
  {
    name: "a run that waits is not replaced by a newer one",
    file: STORE,
    find: `wanted === "full" ? cancelWaitingRuns : null`,
    replace: "null",
    test: examplesOf("confirmation"),
  },

  {
    name: "two simultaneous confirmations both open the last window",
    file: CONTINUE,
    find: "where state = 'awaiting_confirmation'\n    and id = (",
    replace: "where id = (",
    test: examplesOf("at-the-same-moment"),
  },

  // The workers' keys and instances.
  {
    name: "a caller with the wrong key may start a run",
    file: "runs/runs.ts",
    find: "await check({ adopts: !options.dryRun });\n      return store.start(options);",
    replace: "return store.start(options);",
    test: examplesOf("wrong-key"),
  },
  {
    name: "a revoked key is tried again and again",
    file: "runs/worker.ts",
    find: "if (isFaultOfTheProcess(error)) stop.abort(error);\n    }",
    replace: "}",
    test: examplesOf("wrong-key"),
  },
  {
    name: "a worker with a wrong key uses up the attempts of the others",
    file: SLICE,
    find: "{ countsAttempt: false }",
    replace: "{ countsAttempt: true }",
    test: examplesOf("wrong-key"),
  },
  {
    name: "a run that no key can read never fails",
    file: SLICE,
    find: `if ((await noteProcessFault(parts.db, window.runId)) === "too_long")`,
    replace: "if (false)",
    test: examplesOf("wrong-key"),
  },
  {
    name: "some Clerk errors fail the run",
    file: SLICE,
    find: `"CLERK_RATE_LIMITED", "CLERK_ERROR",`,
    replace: `"CLERK_RATE_LIMITED",`,
    test: examplesOf("clerk-faults"),
  },
  {
    name: "a missing right looks like an empty queue",
    file: "runs/queue.ts",
    find: "if (failure !== undefined && sqlStateOf(failure) !== UNIQUE_VIOLATION)",
    replace: "if (false)",
    test: examplesOf("queue"),
  },
  {
    name: "a failed run is retried immediately, again and again",
    file: STORE,
    find: `const RESTS_FOR = "10 minutes";`,
    replace: `const RESTS_FOR = "0 s";`,
    test: examplesOf("failed-runs"),
  },
  {
    name: "a worker reads the instance of its key for a run over another one",
    file: SLICE,
    find: "window.instanceId !== null && window.instanceId !== instanceId",
    replace: "false",
    test: examplesOf("other-instances-worker"),
  },
  {
    name: "a failed run resumes on an instance that was adopted since",
    file: CONTINUE,
    find: `    and (r."instanceId" is null or exists (
      select from rollcall."ClerkInstance" i where i.id = r."instanceId" and i."adoptedAt" < r."startedAt"
    ))\n`,
    replace: "",
    test: examplesOf("failed-runs"),
  },

  // What a run has read.
  {
    name: "a user who changes while the run walks keeps their old data",
    file: FOLLOWING_PASS,
    find: `return { next: "windows", positions: [closingPass(ended.fallbackFor !== undefined, mark)] };`,
    replace: `return { next: "done" };`,
    test: examplesOf("meanwhile"),
  },
  {
    name: "too many changes are read by offset to the end",
    file: "runs/cursors/changes-cursor.ts",
    find: "moved.offset > OFFSET_AT_MOST",
    replace: "false",
    test: examplesOf("cursors/changes-cursor"),
  },
  {
    name: "a walk that replaces a pass counts the pass's changes again",
    file: "runs/cursors/changes-cursor.ts",
    find: "isNew(user) && (isBelowRound(user) || isSinceRound(user))",
    replace: "true",
    test: examplesOf("cursors/changes-cursor"),
  },
  {
    name: "a worker that cannot read a window still counts an attempt",
    file: CHECKPOINT,
    find: "  const [claimed] = z.array(claimedWindowSchema).parse(rows);",
    replace:
      '  await db.query(`update rollcall."SyncWindow" set attempts = attempts + 1 where number = 1`);\n  const [claimed] = z.array(claimedWindowSchema).parse(rows);',
    test: examplesOf("reading-runs"),
  },
  {
    name: "an incremental run starts from a dry run's high-water mark",
    file: "runs/statements/read-runs.ts",
    find: `    and not "dryRun"\n    and mark is not null`,
    replace: "    and mark is not null",
    test: examplesOf("dry-run"),
  },
  {
    name: "one malformed user spoils the page",
    file: "runs/passes/page.ts",
    find: "read: parsed.success ?",
    replace: "read: true ?",
    test: examplesOf("clerk-faults"),
  },
  {
    name: "any number counts as a time",
    file: "runs/passes/page.ts",
    find: "z.number().int().min(0).max(253_402_300_799_999)",
    replace: "z.number()",
    test: examplesOf("clerk-faults"),
  },
  {
    name: "the walk ends before a newest user without a time",
    file: "runs/passes/plan.ts",
    find: "Math.max(firstOf(others) ?? 0, at?.getTime() ?? 0)",
    replace: "firstOf(others) ?? 0",
    test: examplesOf("clerk-faults"),
  },
  {
    name: "the high-water mark of a full run's start is years ahead",
    file: "runs/passes/plan.ts",
    find: `highWaterMarkOf(firstOf(readTimes(changed.users, "updated_at")), changed.at)`,
    replace: `firstOf(readTimes(changed.users, "updated_at"))`,
    test: examplesOf("incremental"),
  },
  {
    name: "the high-water mark of a run's end is years ahead",
    file: "runs/passes/changes.ts",
    find: "mark: highWaterMarkOf(next.mark, at),",
    replace: "mark: next.mark,",
    test: examplesOf("incremental"),
  },
  {
    name: "the high-water mark is the last page's time",
    file: "runs/passes/changes.ts",
    find: "mark: highWaterMarkOf(next.changes.mark, at)",
    replace: "mark: next.changes.mark",
    test: examplesOf("incremental"),
  },
  {
    name: "a cursor that Clerk refuses fails the page",
    file: "runs/passes/walk.ts",
    find: "parameters.starting_after !== undefined && error instanceof ClerkRefusal",
    replace: "false",
    test: examplesOf("meanwhile"),
  },
  {
    name: "a page that starts over counts as the next one",
    file: "runs/passes/walk.ts",
    find: "!answer || startsOver(walk, page)",
    replace: "!answer",
    test: examplesOf("clerk-faults"),
  },
];
