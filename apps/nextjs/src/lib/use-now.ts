import { useNow as useRequestTime } from "next-intl";
import { useSyncExternalStore } from "react";

const SECOND = 1_000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** One timer for all times on the page. */
function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  timer ??= setInterval(() => {
    for (const listener of listeners) listener();
  }, SECOND);
  return () => {
    listeners.delete(changed);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
const wholeSecond = (): number => Math.floor(Date.now() / SECOND) * SECOND;

/** The time in ms, updated each second. The first render of a page repeats the server's time, as React demands. */
export function useNow(): number {
  const requestTime = useRequestTime().getTime();
  return useSyncExternalStore(subscribe, wholeSecond, () => requestTime);
}
