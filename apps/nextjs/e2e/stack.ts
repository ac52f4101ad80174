import pg from "pg";
import { z } from "zod";

const environmentSchema = z.object({
  APP_ORIGIN: z.url(),
  EMULATOR_URL: z.url(),
  POSTGRES_URL: z.url(),
  CRON_SECRET: z.string(),
  CLERK_SECRET_KEY: z.string(),
  ADMIN_EMAIL: z.string(),
  ADMIN_USER_ID: z.string(),
  MEMBER_EMAIL: z.string(),
  MEMBER_USER_ID: z.string(),
  SEED_PASSWORD: z.string(),
});

/** What the running stack printed; `startStack` has put it into the environment. */
export const stack = () => environmentSchema.parse(process.env);

const codesSchema = z.object({ codes: z.array(z.object({ emailAddress: z.string(), code: z.string() })) });
const signInSchema = z.object({ token: z.string(), cookies: z.record(z.string(), z.string()) });
const userSchema = z.object({
  id: z.string(),
  first_name: z.string().nullable(),
  email_addresses: z.array(z.object({ email_address: z.string() })),
});

async function ask(path: string, init: { method?: string; body?: unknown } = {}): Promise<unknown> {
  const { EMULATOR_URL, CLERK_SECRET_KEY } = stack();
  const response = await fetch(`${EMULATOR_URL}${path}`, {
    method: init.method ?? "GET",
    headers: { "content-type": "application/json", authorization: `Bearer ${CLERK_SECRET_KEY}` },
    ...(init.body !== undefined && { body: JSON.stringify(init.body) }),
  });
  if (!response.ok) throw new Error(`${init.method ?? "GET"} ${path} answered ${response.status}`);
  return response.json();
}

/** The code that Clerk emailed to an address. */
export async function mailedCode(emailAddress: string): Promise<string | undefined> {
  const { codes } = codesSchema.parse(await ask("/__control/codes"));
  return codes.find((code) => code.emailAddress === emailAddress)?.code;
}

/** A user that never signed in here, with the password of all seeded users. */
export async function newUser(): Promise<{ id: string; email: string }> {
  const email = `user-${crypto.randomUUID()}@example.com`;
  const { SEED_PASSWORD } = stack();
  const body = { email_address: [email], password: SEED_PASSWORD, first_name: "Robin", last_name: "Newcomer" };
  const { id } = userSchema.parse(await ask("/v1/users", { method: "POST", body }));
  return { id, email };
}

/** Changes a user at Clerk. */
export const changeUser = (id: string, changes: { first_name: string }) =>
  ask(`/v1/users/${id}`, { method: "PATCH", body: changes });

/** Deletes a user at Clerk, which sends the webhook. */
export const deleteUser = (id: string) => ask(`/v1/users/${id}`, { method: "DELETE" });

interface Fault {
  path: string;
  status?: number;
  latencyMs?: number;
  /** Seconds. */
  retryAfter?: number;
  /** How many requests it hits. */
  times?: number;
}

/** Makes Clerk's API fail or respond slowly, if a request's path starts with `path`. */
export const disturbClerk = (fault: Fault) => ask("/__control/faults", { method: "POST", body: fault });
export const mendClerk = () => ask("/__control/faults", { method: "DELETE" });

export const sendWebhooksTo = (url: string) => ask("/__control/webhooks", { method: "POST", body: { url } });

export const dropWebhooks = () => ask("/__control/webhooks", { method: "POST", body: { drop: 1 } });
export const deliverWebhooks = () => ask("/__control/webhooks", { method: "POST", body: { drop: 0 } });

/** A session without a browser. `claims` override the token's. */
export async function session(userId: string, claims: Record<string, unknown> = {}) {
  const body = { userId, claims: { azp: stack().APP_ORIGIN, ...claims } };
  return signInSchema.parse(await ask("/__control/sign-in", { method: "POST", body }));
}

/** Session tokens last that long from now on. Clerk's last 60 s. */
export const limitTokens = (lifetimeSeconds: number) =>
  ask("/__control/tokens", { method: "POST", body: { lifetimeSeconds } });

/** Creates users that no run and no webhook has seen. */
export async function newUsers(count: number): Promise<string[]> {
  const made = await ask("/__control/users", { method: "POST", body: { count } });
  return z.object({ userIds: z.array(z.string()) }).parse(made).userIds;
}

/** Deletes users at Clerk, loses their webhooks, and ages their rows so that a run notices. */
export async function loseUsers(ids: readonly string[]): Promise<void> {
  await dropWebhooks();
  try {
    await ask("/__control/users", { method: "DELETE", body: { ids } });
  } finally {
    await deliverWebhooks();
  }
  await query(`update rollcall."ClerkUser" set "syncedAt" = "syncedAt" - interval '2 hours' where id = any($1)`, [ids]);
}

/** How many of them are tombstones in the app's database. */
export async function tombstones(ids: readonly string[]): Promise<number> {
  const { rows } = await query(`select from rollcall."ClerkUser" where id = any($1) and "deletedBy" = 'run'`, [ids]);
  return rows.length;
}

/** How many of them are tombstones in the app's database, by a webhook or a run. */
export async function deleted(ids: readonly string[]): Promise<number> {
  const { rows } = await query(`select from rollcall."ClerkUser" where id = any($1) and "deletedAt" is not null`, [
    ids,
  ]);
  return rows.length;
}

/** How many of them are live in the app's database. */
export async function mirrored(ids: readonly string[]): Promise<number> {
  const { rows } = await query(`select from rollcall."ClerkUser" where id = any($1) and "deletedAt" is null`, [ids]);
  return rows.length;
}

/** An effect for each of the users that failed for a day, of a type that the app handles from now on. */
export async function putDeadEffects(type: string, userIds: readonly string[]): Promise<void> {
  await registerEffects(type);
  await query(
    `insert into rollcall."SyncEffect" (type, "userId", version, "occurredAt", "runAt", attempts, "deadAt", "lastError")
     select $1, id, 1, now() - interval '25 hours', now() - interval '2 hours', 20, now() - interval '1 hour', 'Error: the mail service answered 503'
     from unnest($2::text[]) id`,
    [type, userIds],
  );
}

/** The same, delivered at the first attempt. */
export async function putDeliveredEffects(type: string, userIds: readonly string[]): Promise<void> {
  await registerEffects(type);
  await query(
    `insert into rollcall."SyncEffect" (type, "userId", version, "doneVersion", "occurredAt", "runAt", attempts)
     select $1, id, 1, 1, now() - interval '1 hour', now() - interval '1 hour', 1 from unnest($2::text[]) id`,
    [type, userIds],
  );
}

/** Registers a type, as an app with a handler does. */
const registerEffects = (type: string) =>
  query(`insert into rollcall."SyncEffectType" (type, since, "delayMs") values ($1, now(), 0) on conflict do nothing`, [
    type,
  ]);

/** The app handles no effects, as before. */
export const dropEffects = () => query(`truncate rollcall."SyncEffect", rollcall."SyncEffectType"`, []);

/** A run's state in the database. */
export async function runState(runId: string): Promise<string | undefined> {
  const { rows } = await query(`select state::text from rollcall."SyncRun" where id = $1`, [runId]);
  return z.array(z.object({ state: z.string() })).parse(rows)[0]?.state;
}

async function query(statement: string, values: unknown[]) {
  const client = new pg.Client({ connectionString: stack().POSTGRES_URL });
  await client.connect();
  try {
    return await client.query(statement, values);
  } finally {
    await client.end();
  }
}
