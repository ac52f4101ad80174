import type { Metrics } from "@rollcall/sync";
import { Gauge, Registry } from "prom-client";

/** A metric. It has no sample where a value is unknown: Prometheus calls that absent, and 0 would be a wrong number. */
interface GaugeOf {
  name: `rollcall_${string}`;
  help: string;
  /** The label whose values are the keys of `read`'s answer. */
  label?: string;
  read(metrics: Metrics): number | null | Record<string, number>;
}

// A gauge has a sample for each state, 1 for the one that applies: so a change of state ends the old one.
const runStates: Record<NonNullable<Metrics["runState"]>, number> = {
  planned: 0,
  running: 0,
  awaiting_confirmation: 0,
  cancelled: 0,
  failed: 0,
  done: 0,
};
const runsHealth: Record<Metrics["runsHealth"], number> = {
  ok: 0,
  stalled: 0,
  awaiting_confirmation: 0,
  failed: 0,
  overdue: 0,
};

/** Gauges alone: a counter of this process would mean nothing where processes come and go, as on serverless platforms. */
export const gauges: readonly GaugeOf[] = [
  {
    name: "rollcall_users",
    help: "Users in this database by state. conflict is a part of live; not_synced rows have a Clerk id and were never synced.",
    label: "state",
    read: ({ live, deleted, conflicts, unadopted }) => ({ live, deleted, conflict: conflicts, not_synced: unadopted }),
  },
  {
    name: "rollcall_clerk_users",
    help: "Users at Clerk. Absent while Clerk does not answer.",
    read: ({ atClerk }) => atClerk,
  },
  {
    name: "rollcall_users_difference",
    help: "Users at Clerk minus live users in this database. Absent while Clerk does not answer.",
    read: ({ netDifference }) => netDifference,
  },
  {
    name: "rollcall_last_full_run_age_seconds",
    help: "Time since the last full run was done. Absent if none was.",
    read: ({ lastFullRunAge }) => lastFullRunAge,
  },
  {
    name: "rollcall_last_webhook_age_seconds",
    help: "Time since the last delivery from Clerk. Absent if there was none.",
    read: ({ lastWebhookAge }) => lastWebhookAge,
  },
  {
    name: "rollcall_overdue_finds",
    help: "Changes of the last 24 hours that a read found although a delivery should have brought them, since the last delivery.",
    read: ({ overdueFinds }) => overdueFinds,
  },
  {
    name: "rollcall_events_24h",
    help: "Deliveries, and changes found by reads, in the last 24 hours by outcome.",
    label: "outcome",
    read: ({ events24h }) => events24h,
  },
  {
    name: "rollcall_run_state",
    help: "The newest run's state: 1 for the current one. Absent if there was no run.",
    label: "state",
    read: ({ runState }) => runState && { ...runStates, [runState]: 1 },
  },
  {
    name: "rollcall_runs_health",
    help: "Whether the runs need attention: 1 for what applies.",
    label: "state",
    read: (metrics) => ({ ...runsHealth, [metrics.runsHealth]: 1 }),
  },
  {
    name: "rollcall_effects",
    help: "Effects that were not delivered: pending ones are tried again, dead ones wait for a person.",
    label: "state",
    read: ({ effects: { pending, dead } }) => ({ pending, dead }),
  },
  {
    name: "rollcall_oldest_effect_age_seconds",
    help: "Time since the pending effect that waits longest became due; 0 if none is due.",
    read: ({ effects }) => effects.oldestAge,
  },
];

/** The numbers in Prometheus' text format. */
export async function exposition(metrics: Metrics): Promise<{ text: string; contentType: string }> {
  const registry = new Registry(); // one for each answer: no sample of an earlier one stays
  for (const { name, help, label, read } of gauges) {
    const value = read(metrics);
    if (value === null) continue;
    const gauge = new Gauge({ name, help, labelNames: label === undefined ? [] : [label], registers: [registry] });
    if (typeof value === "number") gauge.set(value);
    else if (label !== undefined)
      for (const [key, number] of Object.entries(value)) gauge.set({ [label]: key }, number);
  }
  return { text: await registry.metrics(), contentType: registry.contentType };
}
