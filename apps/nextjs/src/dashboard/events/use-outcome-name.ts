import { useMessages } from "next-intl";

/** @returns a function that names an outcome; one that a newer version wrote keeps its own name */
export function useOutcomeName(): (outcome: string) => string {
  const names: Record<string, string> = useMessages().events.outcomes;
  return (outcome) => names[outcome] ?? outcome;
}
