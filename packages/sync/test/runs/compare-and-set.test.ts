import { expect, test } from "vitest";
import { z } from "zod/v4";
import { between, failing, isWalks } from "./between.ts";
import { openMirror } from "./mirror.ts";
import { signal } from "./signal.ts";

test("of two workers with the same window, one counts the page, and the other stops and sends no job", async () => {
  await using mirror = await openMirror();
  const [firstStands, secondStands] = [signal(), signal()];
  let asked = 0;
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    const isFirst = !question.parameters.has("starting_after") && !question.parameters.has("created_at_after");
    if (!isWalks(question) || !isFirst) return ask();
    const answer = await ask();
    if (++asked === 1) {
      // Another worker gets the same window, as after an expired job; both process the same page.
      firstStands.give();
      await secondStands.given;
    } else secondStands.give();
    return answer;
  });
  const [here, there] = [mirror.rollcall({ apiUrl: clerk.url }).runs, mirror.rollcall({ apiUrl: clerk.url }).runs];
  const { runId } = await here.start({ startedBy: "test" });
  const working = [here.work({ runId, workers: 1 })];
  await firstStands.given;
  await mirror.host.sql.query(
    `update rollcall_queue.job set state = 'retry', start_after = now() where state = 'active'`,
  );
  working.push(there.work({ runId, workers: 1 }));
  await Promise.all(working);

  expect(asked).toBe(2);
  const run = await here.get(runId);
  expect(run?.report).toMatchObject({ state: "done", seen: 520, failed: 0 });
  expect(run?.windows.map(({ pass, seen }) => [pass, seen])).toEqual([
    ["plan", 0],
    ["walk", 520],
    ["changes", 0],
  ]);
  const jobs = z
    .array(z.object({ window: z.number(), state: z.string() }))
    .parse(
      (
        await mirror.host.sql.query(
          `select (data->>'window')::int as window, state::text from rollcall_queue.job order by 1`,
        )
      ).rows,
    );
  expect(jobs).toEqual([0, 1, 2].map((window) => ({ window, state: "completed" })));
});

test("a slice whose window moved while its page was applied counts nothing and sends no job", async () => {
  await using mirror = await openMirror();
  const { runs } = mirror.rollcall();
  const { runId } = await runs.start({ startedBy: "test" });
  const stop = new AbortController();
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question) && question.parameters.has("starting_after")) {
      await mirror.host.sql.query(`update rollcall."SyncWindow" set checkpoint = checkpoint + 1 where number = 1`);
      stop.abort();
    }
    return ask();
  });
  await mirror.rollcall({ apiUrl: clerk.url }).runs.work({ runId, signal: stop.signal });
  expect(await mirror.host.users()).toHaveLength(520);
  expect((await runs.get(runId))?.report).toMatchObject({ state: "running", seen: 500 });
  const { rows } = await mirror.host.sql.query(`select from rollcall_queue.job where state <> 'completed'`);
  expect(rows).toEqual([]);
});

test("calls to Clerk count even if their page does not, because another worker had moved the window, or it failed", async () => {
  await using mirror = await openMirror();
  let pages = 0;
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (isWalks(question)) {
      pages++;
      if (pages === 1) {
        await mirror.host.sql.query(`update rollcall."SyncWindow" set checkpoint = checkpoint + 1 where number = 1`);
        await mirror.host.sql.query(`update rollcall_queue.job set state = 'completed' where state = 'active'`);
        await mirror.host.sql.query(`update rollcall."SyncWindow" set "jobId" = null where number = 1`);
      }
      if (pages === 2) return failing(500);
    }
    return ask();
  });
  await mirror.control("DELETE", "/requests");
  const { report } = await mirror.run({ workers: 1 }, { apiUrl: clerk.url });
  expect(report).toMatchObject({ state: "done", seen: 520 });
  const { total } = z.object({ total: z.number() }).parse(await mirror.control("GET", "/requests"));
  expect(report.clerkCalls, "those that reached Clerk, and the one that failed before").toBe(total + 1);
});

test("the calls of a failed run are counted", async () => {
  await using mirror = await openMirror({ users: 20 });
  await mirror.control("POST", "/faults", { path: "/v1/users", status: 429, retryAfter: 7_200 });
  const { report } = await mirror.run();
  expect(report.state).toBe("failed");
  expect(await mirror.control("GET", "/requests")).toMatchObject({ total: report.clerkCalls });
});
