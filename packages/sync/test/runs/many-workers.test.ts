import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { z } from "zod/v4";
import type { Rollcall } from "../../src/index.ts";
import { answering } from "../clerk/answering.ts";
import { atScale } from "../rounds.ts";
import { between, counting, isWalks } from "./between.ts";
import { expectCarriedOver, seenIsTheSumOf } from "./carried-over.ts";
import { type Mirror, openMirror } from "./mirror.ts";
import { signal } from "./signal.ts";
import { startWorker } from "./worker-process.ts";

const USERS = atScale(20_000, 5_000);

/** The application's webhook, on its own port. */
const serveWebhook = ({ handleWebhook }: Rollcall) =>
  answering(async (request, response) => {
    const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)]);
    const body = await buffer(request);
    const answer = await handleWebhook(new Request("http://localhost/webhook", { method: "POST", headers, body }));
    response.writeHead(answer.status).end(await answer.text());
  });

/** Users sign up, change and are deleted, one after the other, until the signal. @returns how many did something */
async function live(mirror: Mirror, stop: AbortSignal): Promise<number> {
  const users = await mirror.listed();
  const newcomers: string[] = [];
  let happened = 0;
  for (; !stop.aborted; happened++) {
    newcomers.push(...(await mirror.signUp(1)));
    await mirror.control("PATCH", `/users/${users[(happened * 7_919) % USERS]?.id}`, {
      first_name: `Changed ${happened}`,
    });
    // Only new users: they are not in the walk, so that it counts exactly the users that existed before.
    const gone = happened % 3 === 0 ? newcomers.shift() : undefined;
    if (gone) await mirror.control("DELETE", `/users/${gone}`);
  }
  return happened;
}

const deliveries = z.object({ pending: z.number(), delivered: z.number(), failed: z.number() });

test("with four workers, one of them killed, and webhooks meanwhile, every user is right and counted once, in one run", async () => {
  await using mirror = await openMirror({ users: USERS });
  const { runs } = mirror.rollcall();
  await using webhook = await serveWebhook(mirror.rollcall());
  const { runId } = await runs.start({ startedBy: "test" });
  const inTheMiddle = signal();
  const countAsMany = counting(20_000 / USERS);
  let pages = 0;
  await using clerk = await between(mirror.clerk.url, async (question, ask) => {
    if (!isWalks(question) || ++pages < 4) return countAsMany(question, ask);
    inTheMiddle.give();
    return new Promise(() => {});
  });
  await using victim = startWorker(mirror, { apiUrl: clerk.url, workers: 1 });
  await inTheMiddle.given;
  await mirror.control("POST", "/webhooks", { url: webhook.url, repeat: 0.2, reorder: 0.2, retryDelaysMs: [50, 500] });
  const stop = new AbortController();
  const living = live(mirror, stop.signal);
  await using first = startWorker(mirror, { workers: 1 });
  await using second = startWorker(mirror, { workers: 1 });
  await using third = startWorker(mirror, { workers: 1 });
  const seen = async () => (await runs.get(runId))?.report.seen;
  await expect.poll(seen, { timeout: 30_000 }).toBeGreaterThan(2_000);
  await victim.kill();
  // As if all had been silent for half a minute: live workers lose their windows to each other.
  await mirror.host.sql.query(
    `update rollcall_queue.job set started_on = started_on - interval '31 s' where state = 'active'`,
  );
  expect(await Promise.all([first.ended, second.ended, third.ended])).toEqual([0, 0, 0]);
  stop.abort();
  expect(await living).toBeGreaterThan(10);

  const report = (await runs.get(runId))?.report;
  expect(report).toMatchObject({ state: "done", seen: USERS, failed: 0, missing: 0, tombstoned: 0, errors: [] });
  expect(report && seenIsTheSumOf(report)).toBe(USERS);
  expect(await runs.list({ before: null, limit: 10 })).toHaveLength(1);
  const settled = async () => deliveries.parse(await mirror.control("GET", "/deliveries"));
  await expect.poll(settled, { timeout: 30_000 }).toMatchObject({ pending: 0, failed: 0 });
  await expectCarriedOver(mirror);
});
