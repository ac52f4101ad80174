import { setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { type Answer, ask } from "./ask.ts";
import type { Session } from "./clerk.ts";
import { eventBody, post, signed } from "./deliveries.ts";
import type { App } from "./programs.ts";
import type { Stack } from "./stack.ts";

/** Signed-in users, a monitor, a scheduler and deliveries that use the app all the time. */
export interface Load {
  /** Every answer so far. */
  answers: Answer[];
  /** The ids of the deliveries that the app accepted. */
  accepted: string[];
  /** Waits until every caller got an answer to a request that began after this call. */
  round(): Promise<void>;
  /** Waits for the last answers. */
  stop(): Promise<Answer[]>;
}

const PACE_MS = 700;
const MONITOR_EVERY_MS = 2_000;
const DELIVERY_EVERY_MS = 1_000;
const SCHEDULE_EVERY_MS = 10_000;
// A session token lives for a minute.
const TOKEN_MS = 30_000;
const CALLS_A_TOKEN = 5;

/** The token says that its user changed just now, so whatever the app knows about them is out of date: it asks Clerk. */
async function signIn({ clerk, origin }: Stack, userId: string): Promise<Session> {
  return clerk.signIn(userId, { azp: origin, updated_at: Math.floor(Date.now() / 1_000) });
}

/** @param options.cron whether a scheduler starts runs, too */
export function startLoad(stack: Stack, apps: () => readonly App[], { cron = false } = {}): Load {
  const answers: Answer[] = [];
  const accepted: string[] = [];
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // one for each wait
  const counts: number[] = [];
  let turn = 0;
  const anyApp = (): string => {
    const all = apps();
    return all[turn++ % Math.max(1, all.length)]?.url ?? stack.origin;
  };
  const waiting = (ms: number) => pause(ms, undefined, { signal: stop.signal }).catch(() => {});

  async function call(userId: string, caller: number): Promise<void> {
    counts[caller] = 0;
    for (let calls = caller; !stop.signal.aborted; ) {
      const session = await signIn(stack, userId);
      const since = performance.now();
      for (let uses = 0; uses < CALLS_A_TOKEN && performance.now() - since < TOKEN_MS; uses++) {
        if (stop.signal.aborted) return;
        answers.push(await askAs(session, anyApp(), calls++));
        counts[caller]++;
        await waiting(PACE_MS);
      }
    }
  }
  async function every(ms: number, work: () => Promise<Answer>): Promise<void> {
    while (!stop.signal.aborted) {
      answers.push(await work());
      await waiting(ms);
    }
  }
  /** Of a type that changes no user: it is logged, and no more. */
  async function deliverOne(): Promise<Answer> {
    const delivery = signed(stack, eventBody(stack, "session.created", { id: "sess_faults", object: "session" }));
    const answer = await post(anyApp(), delivery);
    if (answer.status === 200) accepted.push(delivery.id);
    return answer;
  }
  const headers = { authorization: `Bearer ${stack.cronSecret}` };
  const loops = [
    ...stack.callers.map(call),
    every(MONITOR_EVERY_MS, () => ask("health", `${anyApp()}/api/health`)),
    every(DELIVERY_EVERY_MS, deliverOne),
    ...(cron ? [every(SCHEDULE_EVERY_MS, () => ask("cron", `${anyApp()}/api/cron/sync`, { headers }))] : []),
  ];
  // Its failures are thrown by `round` and `stop`.
  const ended = Promise.all(loops);
  ended.catch(() => {});
  return {
    answers,
    accepted,
    async round() {
      const before = [...counts];
      const isOver = () => before.every((count, caller) => (counts[caller] ?? 0) > count + 1);
      while (!isOver() && !stop.signal.aborted) await Promise.race([pause(PACE_MS), ended]);
    },
    async stop() {
      stop.abort();
      await ended;
      return answers;
    },
  };
}

/** Mostly the app's own data; sometimes a page, or a sync that the user requested. */
function askAs({ token, cookies }: Session, url: string, calls: number): Promise<Answer> {
  if (calls % 7 === 3) {
    const cookie = Object.entries(cookies)
      .map(([name, value]) => `${name}=${value}`)
      .join("; ");
    const headers = { cookie, accept: "text/html", "sec-fetch-dest": "document" };
    return ask("page", `${url}/dashboard/account`, { headers });
  }
  const headers = { authorization: `Bearer ${token}` };
  if (calls % 7 === 6) return ask("sync-current-user", `${url}/api/sync-current-user`, { method: "POST", headers });
  return ask("status", `${url}/api/trpc/sync.status`, { headers });
}
