import { expect } from "vitest";
import { type Answer, ask } from "./ask.ts";
import { LOADED_MS, limits } from "./limits.ts";
import { actualTables, expectedTables, type Sql } from "./model.ts";
import type { App, Program } from "./programs.ts";
import { runEnded, setBackTwoHours, startRun } from "./runs.ts";
import type { Stack } from "./stack.ts";

const brief = ({ entry, status, ms, error, body, location }: Answer) =>
  `${entry}: ${status ?? error} after ${Math.round(ms)} ms ${location ?? ""} ${body.slice(0, 200)}`;

/** No request took longer than its entry's limit, and what a crowded machine adds, in ms. */
export function expectAnsweredInTime(answers: readonly Answer[], loadedMs = LOADED_MS): void {
  expect(answers.filter(({ entry, ms }) => ms > limits[entry] + loadedMs).map(brief)).toEqual([]);
}

/** The app itself never cut a connection. Not for a spec that kills it. */
export function expectAllAnswered(answers: readonly Answer[]): void {
  expect(answers.filter(({ status }) => status === null).map(brief)).toEqual([]);
}

/** Trouble has a name: no request was answered 500, which says that something is wrong with the app itself. */
export function expectNoFaults(answers: readonly Answer[], programs: readonly Program[]): void {
  const faults = answers.filter(({ status }) => status === 500).map(brief);
  const errors = faults.length === 0 ? [] : programs.flatMap((program) => errorsIn(program.output()));
  expect([...faults, ...errors]).toEqual([]);
}

/** What Next prints about errors that no one caught. */
const errorsIn = (output: string): string[] => output.match(/^\s*⨯.*(\n\s+.*){0,12}/gm) ?? [];

/** Whatever failed, no signed-in user was treated as signed out: no 401, and no page that leads to the sign-in. */
export function expectSessionsKept(answers: readonly Answer[]): void {
  const isSignedOut = ({ status, location }: Answer) => status === 401 || location !== null;
  const asUsers = answers.filter(({ entry }) => entry !== "health" && entry !== "webhook");
  expect(asUsers.length).toBeGreaterThan(0);
  expect(asUsers.filter(isSignedOut).map(brief)).toEqual([]);
}

/** Every delivery that was accepted is in the event log. */
export async function expectLogged({ server }: Stack, ids: readonly string[]): Promise<void> {
  const { rows } = await server.sql.query<{ id: string }>(
    `select id from unnest($1::text[]) id where not exists (select from rollcall."SyncEvent" e where e.id = id.id)`,
    [ids],
  );
  expect(rows.map(({ id }) => id)).toEqual([]);
}

/** Every change at Clerk has arrived by the webhook, and what was accepted is stored. */
export async function expectDelivered(stack: Stack, withinMs = 300_000): Promise<number> {
  await expect.poll(async () => (await stack.clerk.deliveries()).pending, { timeout: withinMs, interval: 300 }).toBe(0);
  const { failed, deliveries } = await stack.clerk.deliveries();
  expect(failed).toBe(0);
  const arrived = deliveries.filter(({ state }) => state === "delivered").map(({ id }) => id);
  await expectLogged(stack, arrived);
  return arrived.length;
}

/** The three tables are what Clerk says, exactly. */
export async function expectTablesEqualClerk(stack: Stack, sql: Sql = stack.server.sql): Promise<void> {
  expect(await actualTables(sql)).toEqual(expectedTables(await stack.clerk.users()));
}

// A process remembers an outage for ten seconds, and that Clerk's quota is used up for a minute.
const RECOVERY_MS = 70_000;

/**
 * Without a restart, health finds everything in order, and a caller whose token says that they changed gets Clerk's data.
 *
 * @returns how long it took, in ms
 */
export async function expectRecovery({ clerk, callers, origin }: Stack, app: App): Promise<number> {
  const from = performance.now();
  const poll = { timeout: RECOVERY_MS + LOADED_MS, interval: 1_000 };
  const health = async () => (await ask("health", `${app.url}/api/health`)).body;
  await expect.poll(health, poll).toMatch(/"database":"ok".*"clerk":"ok"/);
  const state = async () => {
    const claims = { azp: origin, updated_at: Math.floor(Date.now() / 1_000) };
    const { token } = await clerk.signIn(callers.at(-1) ?? "", claims);
    return (await ask("status", `${app.url}/api/trpc/sync.status`, { headers: { authorization: `Bearer ${token}` } }))
      .body;
  };
  await expect.poll(state, poll).toContain('"state":"fresh"');
  return Math.round(performance.now() - from);
}

/** Two hours later, a single full run makes the tables right. */
export async function expectOneRunRepairs(stack: Stack, app: App): Promise<void> {
  await setBackTwoHours(stack);
  const runId = await startRun(stack, app, "full");
  expect(await runEnded(stack, runId)).toEqual({ state: "done", kind: "full", failureCode: null });
  await expectTablesEqualClerk(stack);
}

// What a small container has. The app starts at about a third of it.
const MEMORY_LIMIT = 768; // MiB

/** A process never needed more memory than a small container has. @returns its peak, in MiB */
export async function expectBoundedMemory(program: Program): Promise<number> {
  const peak = await program.peakMemory();
  expect(peak).toBeLessThan(MEMORY_LIMIT);
  return peak;
}

/** Nothing secret is in a log or a response. */
export function expectNoSecrets({ secrets }: Stack, programs: readonly Program[], answers: readonly Answer[]): void {
  for (const secret of secrets) {
    expect(programs.some((program) => program.output().includes(secret))).toBe(false);
    expect(answers.some(({ body }) => body.includes(secret))).toBe(false);
  }
}
