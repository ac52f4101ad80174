import { useEffect, useState } from "react";

const QUIET_MS = 250;

/** A value once it has not changed for a quarter of a second: a search asks the server once a word, not once a letter. */
export function useDebounced<T>(value: T): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), QUIET_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
