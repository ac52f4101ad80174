import { setTimeout as pause } from "node:timers/promises";
import type { Stack } from "./stack.ts";

/** Users sign up, change and leave at Clerk, which delivers each change by the webhook. */
export interface Changes {
  /** Waits until so many more changes were made. */
  more(count: number): Promise<void>;
  /** @returns how many changes were made */
  stop(): Promise<number>;
}

const EVERY_MS = 400;
const NAMES = ["Łukasz", "美咲", "O'Neil <b>", "Zoë\u0301", "👩‍🚀", "a".repeat(300), "  spaced  ", "\\u0000 'quoted'"];

export function startChanges({ clerk, callers }: Stack): Changes {
  const stop = new AbortController();
  const own: string[] = [];
  let made = 0;

  async function change(): Promise<void> {
    const kind = made % 6;
    const id = own[made % Math.max(1, own.length)];
    if (kind === 0 || id === undefined) own.push(...(await clerk.signUp(2)));
    else if (kind === 5 && own.length > 20) {
      own.splice(own.indexOf(id), 1);
      await clerk.remove(id);
    } else {
      const user = kind === 4 ? (callers[made % callers.length] ?? id) : id;
      await clerk.change(user, {
        first_name: `${NAMES[made % NAMES.length]} ${made}`,
        last_name: made % 3 ? "Changed" : null,
      });
    }
    made++;
  }
  async function loop(): Promise<void> {
    while (!stop.signal.aborted) {
      await change();
      await pause(EVERY_MS, undefined, { signal: stop.signal }).catch(() => {});
    }
  }
  // Its failures are thrown by `more` and `stop`.
  const ended = loop();
  ended.catch(() => {});
  return {
    async more(count) {
      const until = made + count;
      while (made < until && !stop.signal.aborted) await Promise.race([pause(EVERY_MS), ended]);
    },
    async stop() {
      stop.abort();
      await ended;
      return made;
    },
  };
}
