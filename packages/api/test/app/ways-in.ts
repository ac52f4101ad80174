import type { Rollcall, RunKind } from "@rollcall/sync";
import { TRPCClientError } from "@trpc/client";
import type pg from "pg";
import { z } from "zod/v4";
import type { AppRouter } from "../../src/index.ts";
import type { Clerk } from "./clerk.ts";
import { rowsOf } from "./rows.ts";
import type { App } from "./start-app.ts";

export interface Parts {
  clerk: Clerk;
  app: Pick<App, "trpc" | "fetch">;
  sql: pg.Pool;
  /** The engine as `sync:all` has it. */
  rollcall: Rollcall;
}

/** One of the ways in which Clerk's data gets into the database. */
export interface WayIn {
  name: string;
  /** Whether Clerk pushes changes, or Rollcall fetches them. */
  isPushed: boolean;
  /**
   * Prepares, while the users can still sign in.
   * @returns a function that syncs the users and returns the error code of each, or null if it succeeded
   */
  prepare(parts: Parts, ids: string[]): Promise<() => Promise<(string | null)[]>>;
}

export const implicitCall: WayIn = {
  name: "an implicit call",
  isPushed: false,
  prepare: (parts, ids) =>
    withTokens(parts, ids, async (token) => {
      const { me } = await parts.app.trpc(token).sync.status.query();
      return me.errorCode ?? null;
    }),
};

export const syncMe: WayIn = {
  name: "syncMe",
  isPushed: false,
  prepare: (parts, ids) =>
    withTokens(parts, ids, (token) =>
      parts.app
        .trpc(token)
        .sync.syncMe.mutate()
        .then(() => null, errorCodeOf),
    ),
};

const endpointSchema = z.object({ error: z.object({ code: z.string() }).optional() });

export const endpoint: WayIn = {
  name: "/api/sync-current-user",
  isPushed: false,
  prepare: (parts, ids) =>
    withTokens(parts, ids, async (token) => {
      const answer = await parts.app.fetch("/api/sync-current-user", { headers: { authorization: `Bearer ${token}` } });
      return endpointSchema.parse(await answer.json()).error?.code ?? null;
    }),
};

export const webhook: WayIn = {
  name: "the webhook",
  isPushed: true,
  prepare:
    async ({ clerk }, ids) =>
    async () => {
      await clerk.untilDelivered();
      return ids.map(() => null);
    },
};

const run = (name: string, kind: RunKind): WayIn => ({
  name,
  isPushed: false,
  prepare:
    async ({ rollcall }, ids) =>
    async () => {
      const { runId } = await rollcall.runs.start({ startedBy: "sync:all", kind });
      await rollcall.runs.work({ runId });
      const run = await rollcall.runs.get(runId);
      return ids.map(() => (run?.report.state === "done" && run.report.failed === 0 ? null : "FAILED"));
    },
});

export const syncAll = run("sync:all", "full");
/** Becomes a full run if there was none before. */
export const incremental = run("sync:all --incremental", "incremental");

export const syncUser: WayIn = {
  name: "sync:user",
  isPushed: false,
  prepare:
    async ({ rollcall }, ids) =>
    async () => {
      for (const id of ids) await rollcall.syncUser(id);
      return ids.map(() => null);
    },
};

export const waysIn = [implicitCall, syncMe, endpoint, webhook, syncAll];

/** Calls once per user, with a token that is newer, and says so, than everything known about the user. */
async function withTokens(
  { clerk, sql }: Parts,
  ids: string[],
  call: (token: string) => Promise<string | null>,
): Promise<() => Promise<(string | null)[]>> {
  const tokens = await Promise.all(
    ids.map(async (id) => {
      const { mirror } = await rowsOf(sql, id);
      const iat = 1 + Math.floor(Math.max(Date.now(), mirror?.checkedAt ?? 0) / 1_000);
      return (await clerk.signIn(id, { iat, updated_at: iat })).token;
    }),
  );
  return async () => {
    await sql.query(`update rollcall."ClerkUser" set "requestedAt" = null where id = any($1)`, [ids]); // no throttle here
    const codes: (string | null)[] = [];
    for (const token of tokens) codes.push(await call(token));
    return codes;
  };
}

export function errorCodeOf(error: unknown): string | null {
  if (!(error instanceof TRPCClientError)) throw error;
  const { data }: TRPCClientError<AppRouter> = error;
  return data?.errorCode ?? data?.code ?? null;
}
