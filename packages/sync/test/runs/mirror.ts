import { type EmulatorOptions, startEmulator } from "@rollcall/clerk-emulator";
import type { TestTemplate } from "@rollcall/dev-stack/testing";
import { z } from "zod/v4";
import {
  type ClerkCredentials,
  createRollcall,
  migrate,
  type Rollcall,
  type Run,
  type StartOptions,
  type WorkOptions,
} from "../../src/index.ts";
import { openDatabase } from "../open-database.ts";
import { atScale } from "../rounds.ts";
import { type Host, type HostOptions, openHost } from "../write-path/host.ts";

/** A Clerk, an application's database, and Rollcall between them. */
export interface Mirror extends AsyncDisposable {
  host: Host;
  clerk: { url: string; secretKey: string; instanceId: string; webhookSigningSecret: string };
  /** Stands for another process of the same team. */
  rollcall(credentials?: Partial<ClerkCredentials>): Rollcall;
  /**
   * Starts a run, works on it to its end, and returns its final state. With one worker by default, because most runs here have
   * one window at a time, in which further workers would find nothing; in `pnpm test:deep` with as many as a process has.
   */
  run(options?: Partial<StartOptions> & WorkOptions, credentials?: Partial<ClerkCredentials>): Promise<Run>;
  /** As after this many hours: ages the rows' `syncedAt`. */
  age(hours: number): Promise<void>;
  /** Creates users at Clerk. @returns their ids */
  signUp(count: number): Promise<string[]>;
  /** Changes users at Clerk, all in the same way. */
  change(ids: (string | undefined)[], changes: Record<string, unknown>): Promise<unknown>;
  /** Deletes users at Clerk. */
  remove(ids: (string | undefined)[]): Promise<unknown>;
  /** Calls a control route of the emulator. */
  control(method: "POST" | "PATCH" | "DELETE" | "GET", path: string, body?: unknown): Promise<unknown>;
  /** The users at Clerk, in its order. */
  listed(): Promise<ListedUser[]>;
}

const listedUser = z.object({
  id: z.string(),
  created_at: z.number(),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  username: z.string().nullable(),
  primary_email_address_id: z.string().nullable(),
  email_addresses: z.array(z.object({ id: z.string(), email_address: z.string() })),
});
export type ListedUser = z.infer<typeof listedUser>;

const made = z.object({ userIds: z.array(z.string()) });

export const emailOf = (user: ListedUser): string | null =>
  user.email_addresses.find(({ id }) => id === user.primary_email_address_id)?.email_address ?? null;

/** More users than fit on one page of Clerk's. */
const USERS = 520;

/** @param options default: more users than fit on one page of Clerk's */
export const openMirror = (options: EmulatorOptions = {}, host: HostOptions = {}): Promise<Mirror> =>
  open(options, host);

/** A mirror after a full run over so many users, which is made once and cloned. */
export const openSettled = (users = USERS): Promise<Mirror> =>
  open(settledClerk(users), { template: settledDatabase(users) });

/** The seed of an instance is the same each time: its rows are, too. */
const settledClerk = (users: number) => ({ users, instanceId: `ins_Settled${users}` });

const settledDatabase = (users: number): TestTemplate => ({
  name: `rollcall_settled_${users}`,
  async make(url) {
    await migrate(url);
    await using clerk = await startEmulator(settledClerk(users));
    await using db = openDatabase(url);
    const { runs } = createRollcall({
      db,
      connectionString: url,
      clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url },
    });
    const { runId } = await runs.start({ startedBy: "test" });
    await runs.work({ runId });
    const state = (await runs.get(runId))?.report.state;
    if (state !== "done") throw new Error(`the run that fills the template is ${state}`);
  },
});

async function open(options: EmulatorOptions, hostOptions: HostOptions): Promise<Mirror> {
  const clerk = await startEmulator({ users: USERS, ...options });
  const host = await openHost(hostOptions);
  const json = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(new URL(url, clerk.url), init);
    if (!response.ok) throw new Error(`${init.method ?? "GET"} ${url}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const rollcall = (credentials = {}) =>
    createRollcall({
      db: host.db,
      connectionString: host.url,
      clerk: {
        secretKey: clerk.secretKey,
        apiUrl: clerk.url,
        webhookSigningSecret: clerk.webhookSigningSecret,
        ...credentials,
      },
    });
  const control: Mirror["control"] = (method, path, body) =>
    json(`/__control${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  return {
    host,
    clerk,
    control,
    change: (ids, changes) => control("PATCH", "/users", { ids, changes }),
    remove: (ids) => control("DELETE", "/users", { ids }),
    rollcall,
    async run({ signal, workers = atScale(4, 1), onProgress, ...options } = {}, credentials) {
      const { runs } = rollcall(credentials);
      const { runId } = await runs.start({ startedBy: "test", ...options });
      await runs.work({
        runId,
        workers,
        ...(signal && { signal }),
        ...(onProgress && { onProgress }),
      });
      const run = await runs.get(runId);
      if (!run) throw new Error("the run does not exist");
      return run;
    },
    async age(hours) {
      await host.sql.query(`update rollcall."ClerkUser" set "syncedAt" = "syncedAt" - $1::float8 * interval '1 hour'`, [
        hours,
      ]);
    },
    signUp: async (count) => made.parse(await control("POST", "/users", { count })).userIds,
    async listed() {
      const headers = { authorization: `Bearer ${clerk.secretKey}` };
      const users: ListedUser[] = [];
      for (;;) {
        const page = z
          .array(listedUser)
          .parse(await json(`/v1/users?order_by=%2Bcreated_at&limit=500&offset=${users.length}`, { headers }));
        users.push(...page);
        if (page.length < 500) return users;
      }
    },
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await clerk[Symbol.asyncDispose]();
    },
  };
}
