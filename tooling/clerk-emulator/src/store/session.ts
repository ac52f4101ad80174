import type { SessionJSON } from "@clerk/backend";
import { z } from "zod";
import { newId } from "./id.ts";

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;
const MONTH_MS = 30 * 24 * 60 * 60 * 1000;

const milliseconds = z.int().nonnegative();

/** A session as the Backend API returns it, all times in ms. */
export const sessionSchema = z.strictObject({
  object: z.literal("session"),
  id: z.string().regex(/^sess_[A-Za-z0-9]+$/),
  user_id: z.string(),
  client_id: z.string(),
  actor: z.null(),
  status: z.enum(["active", "revoked", "ended", "removed", "expired"]),
  last_active_organization_id: z.null(),
  last_active_at: milliseconds,
  expire_at: milliseconds,
  abandon_at: milliseconds,
  updated_at: milliseconds,
  created_at: milliseconds,
}) satisfies z.ZodType<Omit<SessionJSON, "last_active_organization_id" | "latest_activity">>;

export type Session = Readonly<z.infer<typeof sessionSchema>>;

export function newSession(userId: string, clientId: string, now: number): Session {
  return {
    object: "session",
    id: newId("sess"),
    user_id: userId,
    client_id: clientId,
    actor: null,
    status: "active",
    last_active_organization_id: null,
    last_active_at: now,
    expire_at: now + WEEK_MS,
    abandon_at: now + MONTH_MS,
    updated_at: now,
    created_at: now,
  };
}

/** The session's current state: an active one expires after a week. */
export function sessionAt(session: Session, now: number): Session {
  return session.status === "active" && session.expire_at <= now ? { ...session, status: "expired" } : session;
}
