import type { DirectoryStatus } from "@rollcall/sync";

/** What keeps a directory from being in sync, with how many users each concerns. */
export type Problem = "missing" | "surplus" | "conflicts" | "unadopted";

/** unknown: Clerk does not answer, so that the users here cannot be compared with anything. */
export type Standing =
  | { state: "unknown"; problems: { name: Problem; count: number }[] }
  | { state: "in_sync"; users: number }
  | { state: "differs"; problems: { name: Problem; count: number }[] };

/** The state of the directory in one sentence. It says "in sync" only if the counts show it, and no full run knows better. */
export function standingOf({
  atClerk,
  netDifference,
  conflicts,
  unadopted,
  lastCheck,
}: Pick<DirectoryStatus, "atClerk" | "netDifference" | "conflicts" | "unadopted" | "lastCheck">): Standing {
  const difference = netDifference ?? 0;
  const counts: Record<Problem, number> = {
    missing: Math.max(0, difference),
    // Equal counts hide a user too many here beside one too few: the last full run compared the users themselves.
    surplus: Math.max(0, -difference, lastCheck?.missing ?? 0),
    conflicts,
    unadopted,
  };
  const names: Problem[] = ["missing", "surplus", "conflicts", "unadopted"];
  const problems = names.filter((name) => counts[name] > 0).map((name) => ({ name, count: counts[name] }));
  if (atClerk === null) return { state: "unknown", problems };
  return problems.length === 0 ? { state: "in_sync", users: atClerk } : { state: "differs", problems };
}
