import { z } from "zod/v4";
import { clockFault } from "../clerk/clock.ts";
import { errorCatalog } from "../sync-error.ts";
import type { EngineCheck } from "./context.ts";

export const clerkKey: EngineCheck = {
  id: "clerk-key",
  title: "Clerk accepts the key",
  async run({ secretKey, askClerk }) {
    const status = await askClerk();
    if ("code" in status) {
      const { message, hint } = errorCatalog[status.code];
      return { status: "finding", severity: "error", message, remedy: hint };
    }
    const kind = secretKey.startsWith("sk_live_") ? "production" : "development";
    return { status: "ok", message: `a key of the ${kind} instance ${status.instanceId}` };
  },
};

export const clock: EngineCheck = {
  id: "clock",
  title: "This machine's clock is right",
  requires: ["clerk-key"],
  async run({ askClerk }) {
    const status = await askClerk();
    const fault = "code" in status ? null : clockFault(status.aheadMs);
    if (fault === null) return { status: "ok" };
    return {
      status: "finding",
      severity: "error",
      message: fault,
      remedy: "Session tokens and webhooks are refused until then.",
    };
  },
};

const activeRows = z.array(z.object({ id: z.string() }));

export const instance: EngineCheck = {
  id: "instance",
  title: "The database mirrors the key's Clerk instance",
  requires: ["migrations", "clerk-key"],
  async run({ db, askClerk }) {
    const [active] = activeRows.parse(await db.query(`select id from rollcall."ClerkInstance"`));
    const status = await askClerk();
    if ("code" in status) return { status: "skipped", why: "Clerk does not answer" };
    if (!active) return { status: "ok", message: "it mirrors none yet: the first sync decides" };
    if (active.id === status.instanceId) return { status: "ok", message: active.id };
    return {
      status: "finding",
      severity: "error",
      message: `CLERK_SECRET_KEY belongs to the Clerk instance ${status.instanceId}, and this database mirrors ${active.id}.`,
      remedy:
        "Set the key of the instance that it mirrors. If this is a copy that should mirror the key's instance from now on: npx rollcall adopt",
    };
  },
};

const CUSTOMIZE = `Clerk's dashboard: Configure, Sessions, Customize session token: {"updated_at": "{{user.updated_at}}", "metadata": {"role": "{{user.public_metadata.role}}"}}`;

export const sessionClaims: EngineCheck = {
  id: "session-claims",
  title: "Session tokens say when the user last changed",
  async run({ hasUpdatedAt }) {
    switch (hasUpdatedAt()) {
      case true:
        return { status: "ok" };
      case false:
        return {
          status: "finding",
          severity: "warning",
          message: "The last session token had no claim updated_at: a change is noticed only by the webhook or a run.",
          remedy: CUSTOMIZE,
        };
      case null:
        return { status: "skipped", why: `this process has seen no session token. ${CUSTOMIZE}` };
    }
  },
};
