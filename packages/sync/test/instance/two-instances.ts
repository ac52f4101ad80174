import { type Emulator, startEmulator } from "@rollcall/clerk-emulator";
import { createRollcall, type Database, type Rollcall } from "../../src/index.ts";

/** A Clerk instance of the test's own, and a process with its key. */
export interface Instance extends AsyncDisposable {
  clerk: Emulator;
  rollcall: Rollcall;
  /** Begins a new process, which remembers nothing. */
  restart(): void;
  newUser(): Promise<string>;
  deleteUser(id: string): Promise<void>;
  /** How often Clerk was asked for a user since the last time that this was asked. */
  askedForUsers(): Promise<number>;
  fail(fault: Record<string, unknown>): Promise<void>;
  mend(): Promise<void>;
}

export async function startInstance(db: Database): Promise<Instance> {
  const clerk = await startEmulator({ users: 3 });
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${clerk.url}/__control${path}`, {
      method,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const start = () => createRollcall({ db, clerk: { secretKey: clerk.secretKey, apiUrl: clerk.url } });
  return {
    clerk,
    rollcall: start(),
    restart() {
      this.rollcall = start();
    },
    newUser: async () => (await control("POST", "/users", { count: 1 })).userIds[0],
    deleteUser: (id) => control("DELETE", `/users/${id}`),
    async askedForUsers() {
      const { byRoute } = await control("GET", "/requests");
      await control("DELETE", "/requests");
      return byRoute["GET /v1/users/:id"] ?? 0;
    },
    fail: (fault) => control("POST", "/faults", fault),
    mend: () => control("DELETE", "/faults"),
    [Symbol.asyncDispose]: () => clerk.stop(),
  };
}
