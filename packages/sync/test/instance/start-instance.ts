import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { z } from "zod/v4";
import { createRollcall, type Rollcall, type RollcallOptions } from "../../src/index.ts";

/** A Clerk instance for one test, and a process with its key. */
export interface Instance extends AsyncDisposable {
  clerk: Emulator;
  rollcall: Rollcall;
  /** Starts a new process, with an empty memory. */
  restart(): void;
  newUser(): Promise<string>;
  deleteUser(id: string): Promise<void>;
  /** How often a user was requested from Clerk since the last call of this. */
  askedForUsers(): Promise<number>;
  fail(fault: Record<string, unknown>): Promise<void>;
  endFaults(): Promise<void>;
}

const madeSchema = z.object({ userIds: z.tuple([z.string()]) });
const requestsSchema = z.object({ byRoute: z.record(z.string(), z.number()) });

export async function startInstance(
  db: RollcallOptions["db"],
  options: Pick<RollcallOptions, "tables"> = {},
): Promise<Instance> {
  const clerk = await startEmulator({ users: 3 });
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${clerk.url}/__control${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const start = () => createRollcall({ ...options, db, clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url } });
  const instance: Instance = {
    clerk,
    rollcall: start(),
    restart() {
      instance.rollcall = start();
    },
    newUser: async () => madeSchema.parse(await control("POST", "/users", { count: 1 })).userIds[0],
    deleteUser: async (id) => void (await control("DELETE", `/users/${id}`)),
    async askedForUsers() {
      const { byRoute } = requestsSchema.parse(await control("GET", "/requests"));
      await control("DELETE", "/requests");
      return byRoute["GET /v1/users/:id"] ?? 0;
    },
    fail: async (fault) => void (await control("POST", "/faults", fault)),
    endFaults: async () => void (await control("DELETE", "/faults")),
    [Symbol.asyncDispose]: () => clerk.stop(),
  };
  return instance;
}
