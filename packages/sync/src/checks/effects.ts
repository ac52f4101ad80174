import { overdueRows, overdueStatement, summaryRow, summaryStatement } from "../effects/statements/overview.ts";
import type { EngineCheck } from "./context.ts";

// A worker looks every ten seconds, and the cron route is called every hour.
const OVERDUE_MS = 60 * 60_000;

export const deliveredEffects: EngineCheck = {
  id: "effects",
  title: "Effects are delivered",
  requires: ["migrations"],
  async run({ db }) {
    const overdue = overdueRows.parse(await db.query(overdueStatement, [OVERDUE_MS]));
    if (overdue.length > 0) {
      const counts = overdue.map(({ type, effects }) => `${type}: ${effects}`).join(", ");
      return {
        status: "finding",
        severity: "error",
        message: `No process delivers effects that are due for more than an hour (${counts}).`,
        remedy: [
          "Start a process with handlers: the app with `effects`, npx rollcall worker, or call the cron route every hour.",
          ...overdue.map(({ type }) => `If nothing handles ${type} any more: npx rollcall effects --forget ${type}`),
        ].join("\n"),
      };
    }
    const [{ types, pending }] = summaryRow.parse(await db.query(summaryStatement));
    if (types.length === 0) return { status: "ok", message: "no process handles any" };
    return { status: "ok", message: `${types.map(({ type }) => type).join(", ")}; ${pending} pending` };
  },
};

export const deadEffects: EngineCheck = {
  id: "dead-effects",
  title: "No effect failed for a day",
  requires: ["migrations"],
  async run({ db }) {
    const [{ dead }] = summaryRow.parse(await db.query(summaryStatement));
    if (dead === 0) return { status: "ok" };
    return {
      status: "finding",
      severity: "warning",
      message: `Effects that failed for a day and are not tried again: ${dead}.`,
      remedy: "To see why: npx rollcall effects --dead\nTo try them again: npx rollcall effects --retry",
    };
  },
};
