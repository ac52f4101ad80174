import { randomUUID } from "node:crypto";

interface Access {
  method: "GET" | "POST";
  callers: "signed in" | "admins";
  input?: unknown;
  /** What an admin gets: for an unknown run or user, that there is none. */
  status: number;
}
const runId = randomUUID();
const id = "user_Unknown";

/** Who may call what. */
export const procedures: Record<string, Access> = {
  "sync.status": { method: "GET", callers: "signed in", status: 200 },
  "sync.syncMe": { method: "POST", callers: "signed in", status: 200 },
  "sync.syncAll": { method: "POST", callers: "admins", status: 200 },
  "sync.run": { method: "GET", callers: "admins", input: { runId }, status: 404 },
  "sync.runs": { method: "GET", callers: "admins", status: 200 },
  "sync.cancelRun": { method: "POST", callers: "admins", input: { runId }, status: 404 },
  "sync.confirmDeletions": { method: "POST", callers: "admins", input: { runId }, status: 404 },
  "sync.effects": { method: "GET", callers: "admins", input: { state: "dead" }, status: 200 },
  "sync.userEffects": { method: "GET", callers: "admins", input: { id }, status: 200 },
  "sync.retryEffect": { method: "POST", callers: "admins", status: 200 },
  "sync.runErrors": { method: "GET", callers: "admins", input: { runId }, status: 404 },
  "sync.missing": { method: "GET", callers: "admins", input: { runId }, status: 200 },
  "sync.exportMissing": { method: "GET", callers: "admins", input: { runId }, status: 200 },
  "sync.activity": { method: "GET", callers: "admins", status: 200 },
  "sync.events": { method: "GET", callers: "admins", status: 200 },
  "sync.users": { method: "GET", callers: "admins", status: 200 },
  "sync.user": { method: "GET", callers: "admins", input: { id }, status: 200 },
  "sync.syncUser": { method: "POST", callers: "admins", input: { id }, status: 404 },
  "sync.check": { method: "GET", callers: "admins", status: 200 },
};
