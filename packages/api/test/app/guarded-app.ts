import pg from "pg";
import { type Clerk, type Session, startClerk } from "./clerk.ts";
import { createDatabaseWithQueue } from "./database.ts";
import { procedures } from "./procedures.ts";
import { type Answer, cookieHeader, type RecordedApp, recordAnswers } from "./record-answers.ts";
import { startApp } from "./start-app.ts";

/** The application with everything set. Records all responses, and knows what must never appear in them. */
export interface GuardedApp extends AsyncDisposable {
  app: RecordedApp;
  /** Starts one without a reachable database and without APP_ORIGIN: its own origin is the one it is called at. */
  startCutOff(): Promise<RecordedApp>;
  /** All that were started. */
  apps: RecordedApp[];
  clerk: Clerk;
  sql: pg.Pool;
  secrets: string[];
  /** A session of the given user, or of a new one. */
  signIn(claims?: Record<string, unknown>, id?: string): Promise<Session & { id: string }>;
  /** Calls a procedure by its name in the table. */
  call(name: string, headers?: Record<string, string>, at?: RecordedApp): Promise<Answer>;
  syncCurrentUser(headers: Record<string, string>, method?: string, at?: RecordedApp): Promise<Answer>;
}

const PASSWORD = "the-database-password";
export const CRON_SECRET = "the-secret-of-the-cron-job";
export const METRICS_TOKEN = "the-token-of-the-monitor";

export const bearer = ({ token }: Session) => ({ authorization: `Bearer ${token}` });
export const cookies = (session: Session) => ({ cookie: cookieHeader(session.cookies) });
export const JSON_TYPE = { "content-type": "application/json" };

export async function openGuardedApp(): Promise<GuardedApp> {
  const database = await createDatabaseWithQueue();
  const clerk = await startClerk();
  const url = new URL(database.url);
  url.password = PASSWORD;
  const settings = {
    ADMIN_EMAIL: "kim@example.com, Listed@Example.com,unproven@example.com,typed@example.com,gone@example.com",
    CRON_SECRET,
    METRICS_TOKEN,
  };
  const app = recordAnswers(await startApp(clerk, url.href, settings));
  const apps = [app];
  const sql = new pg.Pool({ connectionString: database.url });
  const { secretKey, webhookSigningSecret } = clerk;
  const secrets = [
    secretKey,
    webhookSigningSecret.replace(/^whsec_/, ""),
    PASSWORD,
    CRON_SECRET,
    METRICS_TOKEN,
    url.host,
  ];

  return {
    app,
    apps,
    async startCutOff() {
      const unreachable = `postgresql://app:${PASSWORD}@127.0.0.1:1/rollcall`;
      const cutOff = recordAnswers(await startApp(clerk, unreachable, { ...settings, APP_ORIGIN: undefined }));
      apps.push(cutOff);
      return cutOff;
    },
    clerk,
    sql,
    secrets,
    async signIn(claims, id) {
      const user = id ?? (await clerk.newUser());
      const session = await clerk.signIn(user, claims);
      secrets.push(session.token);
      return { ...session, id: user };
    },
    call(name, headers = {}, at = app) {
      const { method, input } = procedures[name] ?? { method: "POST" };
      const payload = JSON.stringify({ json: input ?? null });
      return method === "GET"
        ? at.fetch(`/api/trpc/${name}?input=${encodeURIComponent(payload)}`, { headers })
        : at.fetch(`/api/trpc/${name}`, { method, headers: { ...JSON_TYPE, ...headers }, body: payload });
    },
    syncCurrentUser: (headers, method = "POST", at = app) => at.fetch("/api/sync-current-user", { method, headers }),
    async [Symbol.asyncDispose]() {
      for (const { process } of apps) await process[Symbol.asyncDispose]();
      await clerk[Symbol.asyncDispose]();
      await sql.end();
      await database[Symbol.asyncDispose]();
    },
  };
}
