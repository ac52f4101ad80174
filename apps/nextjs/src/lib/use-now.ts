import { useSyncExternalStore } from "react";

const subscribe = (changed: () => void): (() => void) => {
  const timer = setInterval(changed, 1_000);
  return () => clearInterval(timer);
};
const wholeSecond = (): number => Math.floor(Date.now() / 1_000) * 1_000;

/** The time in ms, updated each second; null on the server and in the first render, which must match the server's. */
export const useNow = (): number | null => useSyncExternalStore(subscribe, wholeSecond, () => null);
