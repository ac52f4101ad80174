import { OVERDUE_FINDS, readDatabase } from "../status/health.ts";
import type { EngineCheck } from "./context.ts";

export const webhookSecret: EngineCheck = {
  id: "webhook-secret",
  title: "The webhook's signing secret is set",
  async run({ webhookSigningSecret }) {
    const where = "Clerk's dashboard: Configure, Webhooks, your endpoint, Signing Secret.";
    if (!webhookSigningSecret) {
      return {
        status: "finding",
        severity: "warning",
        message: "No signing secret: deliveries are refused, and only reads and runs bring changes.",
        remedy: `Set CLERK_WEBHOOK_SIGNING_SECRET. ${where}`,
      };
    }
    if (/^whsec_[A-Za-z0-9+/]+=*$/.test(webhookSigningSecret)) return { status: "ok" };
    return {
      status: "finding",
      severity: "error",
      message: 'CLERK_WEBHOOK_SIGNING_SECRET is no signing secret: it begins with "whsec_".',
      remedy: where,
    };
  },
};

export const deliveries: EngineCheck = {
  id: "deliveries",
  title: "The webhook brings changes",
  requires: ["migrations"],
  async run({ db }) {
    const row = await readDatabase(db);
    if (typeof row === "string") return { status: "skipped", why: "the event log cannot be read" };
    const last = row.lastAt === null ? "no delivery yet" : `last delivery ${new Date(row.lastAt).toISOString()}`;
    if (row.overdue < OVERDUE_FINDS) return { status: "ok", message: last };
    return {
      status: "finding",
      severity: "error",
      message: `It is dead, not quiet: reads found ${row.overdue} changes that it did not bring (${last}).`,
      remedy:
        "Clerk's dashboard: Configure, Webhooks: is there an endpoint with the events user.created, user.updated and user.deleted, and what do its last attempts say?",
    };
  },
};

export const usableDeliveries: EngineCheck = {
  id: "usable-deliveries",
  title: "Every delivery of the last 24 hours could be used",
  requires: ["migrations"],
  async run({ db }) {
    const row = await readDatabase(db);
    if (typeof row === "string") return { status: "skipped", why: "the event log cannot be read" };
    if (row.unusable === 0) return { status: "ok" };
    return {
      status: "finding",
      severity: "warning",
      message: `${row.unusable} verified deliveries could not be used.`,
      remedy: `select * from rollcall."SyncEvent" where outcome = 'failed' order by "lastSeenAt" desc`,
    };
  },
};
