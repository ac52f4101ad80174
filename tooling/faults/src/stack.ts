import { randomBytes } from "node:crypto";
import { startEmulatorProcess } from "@rollcall/dev-stack/emulator-process";
import { type Gate, openGate } from "@rollcall/dev-stack/testing/gate";
import { type PgBouncer, startPgBouncer } from "@rollcall/dev-stack/testing/pgbouncer";
import { type Clerk, createClerk } from "./clerk.ts";
import { type App, freePort, type Program, runCommand, startApp, startWorker } from "./programs.ts";
import { type Server, startServer } from "./server.ts";

/** Postgres, Clerk, and a network between them and the app's processes, all of which can fail. */
export interface Stack extends AsyncDisposable {
  clerk: Clerk;
  server: Server;
  /** The network between every process of the app and Postgres, and Clerk. */
  toPostgres: Gate;
  toClerk: Gate;
  instanceId: string;
  adminId: string;
  /** Users who are never deleted: those who call the app. */
  callers: string[];
  signingSecret: string;
  cronSecret: string;
  /** What must never appear in a log or a response. */
  secrets: string[];
  /** The origin that session tokens are made for. All apps accept it. */
  origin: string;
  /** Starts a process of the built app. @param environment further variables */
  app(environment?: Record<string, string>): Promise<App>;
  worker(environment?: Record<string, string>): Program;
  /** Runs `sync:all` to its end. @returns its exit code */
  syncAll(environment?: Record<string, string>): Promise<number | null>;
}

export interface StackOptions {
  /** How many users Clerk has. */
  users?: number;
  /** Which of the two connection strings lead through PgBouncer in transaction mode. */
  pooled?: "none" | "POSTGRES_URL" | "both";
  /** How many sessions PostgreSQL takes. */
  connections?: number;
}

type Opening = Required<StackOptions>;

const CALLERS = 6;
const PASSWORD = "not-to-be-logged";

export async function openStack({ users = 80, pooled = "none", connections = 100 }: StackOptions = {}): Promise<Stack> {
  const parts = createParts();
  try {
    return await open(parts, { users, pooled, connections });
  } catch (error) {
    await parts[Symbol.asyncDispose]();
    throw error;
  }
}

async function open(parts: Parts, { users, pooled, connections }: Opening): Promise<Stack> {
  const server = parts.use(await startServer(connections));
  const emulator = parts.use(await startEmulatorProcess({ port: await freePort(), users }));
  const variables = emulator.environment;
  const clerk = createClerk(variables.EMULATOR_URL, variables.CLERK_SECRET_KEY);
  const toPostgres = parts.use(await openGate(server.url.replace("postgres@", `postgres:${PASSWORD}@`)));
  const toClerk = parts.use(await openGate(variables.EMULATOR_URL));
  const pooler: PgBouncer | undefined = pooled === "none" ? undefined : parts.use(await startPgBouncer(toPostgres.url));
  const direct = pooled === "both" && pooler ? pooler.url : toPostgres.url;
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const cronSecret = randomBytes(24).toString("base64url");
  const environment = {
    ...variables,
    POSTGRES_URL: pooler?.url ?? toPostgres.url,
    POSTGRES_URL_NON_POOLING: direct,
    CLERK_API_URL: new URL(toClerk.url).origin,
    APP_ORIGIN: origin,
    CRON_SECRET: cronSecret,
  };
  const adminId = needed(variables, "ADMIN_USER_ID");
  const signingSecret = needed(variables, "CLERK_WEBHOOK_SIGNING_SECRET");
  const callers = [adminId, needed(variables, "MEMBER_USER_ID"), ...(await clerk.signUp(CALLERS - 2))];
  let portOfNextApp: number | undefined = port;
  return {
    clerk,
    server,
    toPostgres,
    toClerk,
    instanceId: needed(variables, "CLERK_INSTANCE_ID"),
    adminId,
    callers,
    signingSecret,
    cronSecret,
    secrets: [PASSWORD, variables.CLERK_SECRET_KEY, signingSecret, cronSecret],
    origin,
    async app(further = {}) {
      const ownPort = portOfNextApp ?? (await freePort());
      portOfNextApp = undefined;
      return parts.use(await startApp(ownPort, { ...environment, ...further }));
    },
    worker: (further = {}) => parts.use(startWorker({ ...environment, ...further })),
    syncAll: (further = {}) => runCommand("sync-all-users", [], { ...environment, ...further }),
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  };
}

function needed(variables: Record<string, string>, name: string): string {
  const value = variables[name];
  if (value === undefined) throw new Error(`The emulator did not print ${name}`);
  return value;
}

type Parts = ReturnType<typeof createParts>;

/** What was opened, to be closed in the opposite order. */
function createParts() {
  const parts: AsyncDisposable[] = [];
  return {
    use<Part extends AsyncDisposable>(part: Part): Part {
      parts.push(part);
      return part;
    },
    async [Symbol.asyncDispose]() {
      for (const part of parts.reverse()) await part[Symbol.asyncDispose]();
    },
  };
}
