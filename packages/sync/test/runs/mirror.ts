import { type EmulatorOptions, startEmulator } from "@rollcall/clerk-emulator";
import { z } from "zod";
import { createRollcall, type Rollcall, type Run, type StartOptions, type WorkOptions } from "../../src/index.ts";
import { type Host, openHost } from "../write-path/host.ts";

/** A Clerk, an application's database, and Rollcall between them. */
export interface Mirror extends AsyncDisposable {
  host: Host;
  clerk: { url: string; secretKey: string; instanceId: string };
  /** Another process of the same team's, as it were. */
  rollcall(credentials?: { apiUrl?: string; secretKey?: string }): Rollcall;
  /** Starts a run, works on it to its end, and gives it as it stands then. */
  run(options?: Partial<StartOptions> & WorkOptions): Promise<Run>;
  /** Does something to the Clerk. */
  control(method: "POST" | "PATCH" | "DELETE" | "GET", path: string, body?: unknown): Promise<unknown>;
  /** The users at Clerk, in its order. */
  listed(): Promise<ListedUser[]>;
}

const listedUser = z.object({
  id: z.string(),
  primary_email_address_id: z.string().nullable(),
  email_addresses: z.array(z.object({ id: z.string(), email_address: z.string() })),
});
export type ListedUser = z.infer<typeof listedUser>;

export const emailOf = (user: ListedUser): string | null =>
  user.email_addresses.find(({ id }) => id === user.primary_email_address_id)?.email_address ?? null;

export async function openMirror(options: EmulatorOptions = {}): Promise<Mirror> {
  const clerk = await startEmulator({ users: 1_200, ...options });
  const host = await openHost();
  const json = async (url: string, init: RequestInit = {}) => {
    const response = await fetch(new URL(url, clerk.url), init);
    if (!response.ok) throw new Error(`${init.method ?? "GET"} ${url}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const rollcall = (credentials = {}) =>
    createRollcall({
      db: host.prisma,
      connectionString: host.url,
      clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url, ...credentials },
      logger: console,
    });
  return {
    host,
    clerk,
    rollcall,
    async run({ signal, workers, onProgress, ...options } = {}) {
      const { runs } = rollcall();
      const { runId } = await runs.start({ startedBy: "test", ...options });
      await runs.work({ runId, ...(workers && { workers }), ...(signal && { signal }), ...(onProgress && { onProgress }) });
      const run = await runs.get(runId);
      if (!run) throw new Error("the run is gone");
      return run;
    },
    control: (method, path, body) =>
      json(`/__control${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      }),
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
