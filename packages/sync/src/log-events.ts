import { counters } from "./runs/report.ts";

const failure = ["code", "hint"] as const; // a SyncError's
const fault = ["error"] as const; // the type of any other error, never its message, which may contain anything
const delivery = ["deliveryId", "type", "userId", "outcome", "code"] as const;
const effect = ["effect", "userId", "attempts", "error"] as const;
const run = ["runId", "kind", "dryRun", "state", "startedBy", "total", "missing", ...counters] as const;

/** Every event of the log, and the fields that its line may have. docs/logs.md says what to do about each. */
export const logEvents = {
  sync_failed: ["userId", ...failure],
  sync_requested: ["userId", "revive", "requestedBy", "outcome", "code"],
  log_failed: ["userId", ...fault],
  status_failed: failure,
  count_failed: fault,
  statements_unprepared: ["sqlState"],
  metrics_failed: failure,

  webhook_not_configured: [],
  webhook_refused: ["hint"],
  webhook_unusable: delivery,
  webhook_of_another_instance: delivery,
  webhook_failed: ["deliveryId", ...failure, ...fault],

  effect_failed: effect,
  effect_dead: effect,
  effects_failed: [...failure, ...fault],
  effects_wait: failure,

  run_planned: run,
  run_running: run,
  run_awaiting_confirmation: run,
  run_cancelled: run,
  run_done: run,
  run_failed: [...run, "window", ...failure],
  run_paused: ["runId", "window", "code", "ms"],
  slice_failed: ["runId", "window", ...failure, ...fault],
  work_failed: [...failure, ...fault],
  queue_failed: ["code"],
  cron_failed: failure,
  call_again_failed: ["status", ...fault],
  worker_started: [],
  worker_waits: failure,

  endpoint_failed: ["endpoint", ...fault],
  call_failed: ["path", ...fault],
  clock_differs: [],
} as const;

export type LogEvent = keyof typeof logEvents;

/** The events whose lines may have this field. */
type EventWith<Field> = {
  [Event in LogEvent]: Field extends (typeof logEvents)[Event][number] ? Event : never;
}[LogEvent];

/** The fields of one line. */
export type LogEntry = {
  [Event in LogEvent]: { event: Event } & { [Field in (typeof logEvents)[Event][number]]?: unknown };
}[LogEvent];

export type FailureEntry = Extract<LogEntry, { event: EventWith<"code"> & EventWith<"hint"> }>;
export type FaultEntry = Extract<LogEntry, { event: EventWith<"error"> }>;
