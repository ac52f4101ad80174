import { useSyncExternalStore } from "react";

const subscribe = (changed: () => void): (() => void) => {
  const timer = setInterval(changed, 1_000);
  return () => clearInterval(timer);
};
const wholeSecond = (): number => Math.floor(Date.now() / 1_000) * 1_000;

/** The time in ms, told anew each second; null on the server and for the first render, which must look as the server's did. */
export const useNow = (): number | null => useSyncExternalStore(subscribe, wholeSecond, () => null);
