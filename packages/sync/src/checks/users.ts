import type { EngineCheck } from "./context.ts";

export const unsynced: EngineCheck = {
  id: "unsynced",
  title: "Every row with a Clerk id was synced",
  requires: ["migrations", "columns"],
  async run({ status }) {
    const { unadopted, live } = await status();
    if (unadopted === 0) return { status: "ok", message: `${live} users` };
    return {
      status: "finding",
      severity: "warning",
      message: `${unadopted} rows have a Clerk id and were not synced yet.`,
      remedy: "npx rollcall sync",
    };
  },
};

export const counts: EngineCheck = {
  id: "counts",
  title: "As many users are here as at Clerk",
  requires: ["migrations", "columns", "clerk-key", "instance"],
  async run({ status }) {
    const { netDifference, live } = await status();
    if (netDifference === null) return { status: "skipped", why: "Clerk does not answer" };
    if (netDifference === 0) return { status: "ok" };
    return {
      status: "finding",
      severity: "warning",
      message: `Compared with Clerk, there are ${Math.abs(netDifference)} users ${netDifference > 0 ? "too few" : "too many"} among the ${live} here.`,
      remedy: "npx rollcall sync",
    };
  },
};
