import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { startChanges } from "../src/changes.ts";
import { eventBody, post, signed } from "../src/deliveries.ts";
import { printFigures } from "../src/figures.ts";
import { hostileBodies } from "../src/hostile-bodies.ts";
import * as invariants from "../src/invariants.ts";
import { LOADED_MS } from "../src/limits.ts";
import { startLoad } from "../src/load.ts";
import type { Program } from "../src/programs.ts";
import { callAsAdmin, firstRun, runEnded, startRun } from "../src/runs.ts";
import { openStack } from "../src/stack.ts";

const PHASE_MS = 12_000;

test("everything in turn, with two app processes, a worker, a scheduler, and runs of both kinds", async () => {
  await using stack = await openStack({ users: 600 });
  const { clerk, server, toClerk, toPostgres } = stack;
  const apps = [await stack.app(), await stack.app()];
  const [first, second] = apps;
  if (!first || !second) throw new Error("two apps were started");
  await firstRun(stack, first);
  let worker: Program = stack.worker();
  await clerk.deliverTo(first.url);
  const load = startLoad(stack, () => apps, { cron: true });
  const changes = startChanges(stack);
  const startRuns = async (round: number) => {
    const app = round % 2 === 0 ? first : second;
    await callAsAdmin(stack, app, "syncAll", { kind: round % 2 === 0 ? "full" : "incremental" }).catch(() => {});
  };
  const forge = async () => {
    const body = eventBody(stack, "user.deleted", { id: stack.callers[0], object: "user", deleted: true });
    const secret = `whsec_${Buffer.from("not the secret of this instance").toString("base64")}`;
    for (let times = 0; times < 50; times++)
      expect((await post(second.url, signed(stack, body, { secret }))).status).toBe(400);
    for (const body of hostileBodies(stack.instanceId, await clerk.user(stack.callers.at(-1) ?? "")).values()) {
      await post(second.url, signed(stack, body));
    }
  };
  const replaceWorker = async () => {
    worker = stack.worker();
  };
  const nothing = async () => {};
  const phases: { name: string; begin: () => unknown; end: () => unknown }[] = [
    { name: "Clerk is slow", begin: () => clerk.fail({ latencyMs: 10_000 }), end: clerk.recover },
    { name: "Clerk's quota is used up", begin: () => clerk.fail({ path: "/v1/", status: 429 }), end: clerk.recover },
    {
      name: "Clerk cuts its answers",
      begin: () => clerk.fail({ path: "/v1/", answer: "truncated" }),
      end: clerk.recover,
    },
    { name: "Clerk is away", begin: toClerk.swallow, end: toClerk.open },
    { name: "Postgres restarts", begin: () => server.restart("fast", () => pause(PHASE_MS / 2)), end: nothing },
    { name: "Postgres is killed", begin: () => server.restart("crash"), end: nothing },
    { name: "Postgres is silent", begin: toPostgres.swallow, end: toPostgres.open },
    { name: "hostile bodies", begin: forge, end: nothing },
    { name: "a worker is killed", begin: () => worker.kill(), end: replaceWorker },
    { name: "an app is killed", begin: second.restart, end: nothing },
  ];
  for (const [round, { name, begin, end }] of phases.entries()) {
    await startRuns(round);
    process.stdout.write(`soak: ${name}\n`);
    await begin();
    await changes.more(5);
    await pause(PHASE_MS);
    await end();
    await load.round();
  }

  await invariants.expectRecovery(stack, first);
  await invariants.expectRecovery(stack, second);
  const run = await runEnded(stack, await startRun(stack, first, "full"));
  const made = await changes.stop();
  const answers = await load.stop();
  const webhooks = await invariants.expectDelivered(stack);
  const [one, other, its] = await Promise.all([first, second, worker].map((program) => program.peakMemory()));
  printFigures("soak", answers, { made, webhooks, firstMiB: one ?? 0, secondMiB: other ?? 0, workerMiB: its ?? 0 });

  expect(run.state).toBe("done");
  await invariants.expectLogged(stack, load.accepted);
  invariants.expectAnsweredInTime(answers, 2 * LOADED_MS); // six processes share the machine, and one of them starts again
  invariants.expectNoFaults(answers, apps);
  invariants.expectSessionsKept(answers);
  await invariants.expectOneRunRepairs(stack, first);
  for (const program of [first, second, worker]) await invariants.expectBoundedMemory(program);
  invariants.expectNoSecrets(stack, [first, second, worker], answers);
});
