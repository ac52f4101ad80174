import { expect, test } from "vitest";
import { between, isWalks } from "./between.ts";
import { type Mirror, openMirror } from "./mirror.ts";
import { signal } from "./signal.ts";

const keyOf = ({ clerk }: Mirror) => ({ apiUrl: clerk.url, secretKey: clerk.secretKey });

test("a worker whose instance is no longer mirrored stops, and leaves the run to workers with the right key", async () => {
  await using former = await openMirror({ users: 20 });
  await using present = await openMirror({ users: 20 });
  const { host } = former;
  await former.run();
  const [reached, resume] = [signal(), signal()];
  await using clerk = await between(former.clerk.url, async (question, ask) => {
    if (isWalks(question)) {
      reached.give();
      await resume.given;
    }
    return ask();
  });
  const old = former.rollcall({ apiUrl: clerk.url });
  await old.runs.start({ startedBy: "test" });
  const working = old.runs.work().catch((error: unknown) => error);
  await reached.given;
  // Meanwhile the database adopts another instance, in a process that does not know that worker.
  const { runs, adoptInstance } = former.rollcall(keyOf(present));
  await adoptInstance();
  const { runId } = await runs.start({ startedBy: "test", confirmDeletions: true });
  resume.give();
  expect(await working).toMatchObject({ code: "INSTANCE_REFUSED" });
  expect((await runs.get(runId))?.report).toMatchObject({ state: "planned", clerkCalls: 0 });

  await runs.work({ runId });
  expect((await runs.get(runId))?.report).toMatchObject({ state: "done", seen: 20, created: 20, tombstoned: 0 });
  const ofThePresent = (await host.clerkUsers()).filter(({ instanceId }) => instanceId === present.clerk.instanceId);
  expect(ofThePresent).toHaveLength(20);
});
