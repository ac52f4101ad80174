import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { z } from "zod";
import type { App } from "./programs.ts";
import type { Stack } from "./stack.ts";

const reportRows = z.array(z.object({ state: z.string(), kind: z.string(), failureCode: z.string().nullable() }));

export type RunEnd = z.infer<typeof reportRows>[number];

/** Calls a mutation as the admin. */
export async function callAsAdmin(stack: Stack, app: App, procedure: string, input: unknown): Promise<unknown> {
  const { token } = await stack.clerk.signIn(stack.adminId, { azp: stack.origin });
  const response = await fetch(`${app.url}/api/trpc/sync.${procedure}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ json: input }),
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok) throw new Error(`${procedure}: ${response.status} ${await response.text()}`);
  return response.json();
}

const started = z.object({ result: z.object({ data: z.object({ json: z.object({ runId: z.string() }) }) }) });

/** Starts a run as the admin does in the dashboard, and again if the app is still in trouble. */
export async function startRun(stack: Stack, app: App, kind: "full" | "incremental"): Promise<string> {
  for (let attempts = 1; ; attempts++) {
    try {
      return started.parse(await callAsAdmin(stack, app, "syncAll", { kind })).result.data.json.runId;
    } catch (error) {
      // A process remembers an outage for ten seconds, a used-up quota for a minute.
      if (attempts === 40) throw error;
      await pause(2_000);
    }
  }
}

export async function runState({ server }: Stack, runId: string): Promise<RunEnd | undefined> {
  const { rows } = await server.sql.query(
    `select state::text, kind::text, "failureCode" from rollcall."SyncRun" where id = $1`,
    [runId],
  );
  return reportRows.parse(rows)[0];
}

/** Waits for the end of a run, however it ends. */
export async function runEnded(stack: Stack, runId: string, withinMs = 180_000): Promise<RunEnd> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const run = await runState(stack, runId).catch(() => undefined); // the database may be away
    if (run && run.state !== "planned" && run.state !== "running") return run;
    if (performance.now() > deadline) throw new Error(`the run is still ${run?.state}`);
    await pause(200);
  }
}

/** Imports everyone, before the trouble. */
export async function firstRun(stack: Stack, app: App): Promise<void> {
  expect(await runEnded(stack, await startRun(stack, app, "full"))).toMatchObject({ kind: "full", state: "done" });
}

/** As two hours later: no run is in progress, and each row and the high-water mark are older. */
export async function setBackTwoHours({ server: { sql } }: Stack): Promise<void> {
  await sql.query(`update rollcall."SyncRun" set state = 'cancelled', "endedAt" = clock_timestamp()
    where state in ('planned', 'running', 'awaiting_confirmation', 'failed')`);
  await sql.query(`update rollcall."ClerkUser" set "syncedAt" = "syncedAt" - interval '2 hours'`);
  await sql.query(`update rollcall."SyncRun" set mark = mark - interval '2 hours'`);
}
