import { type Emulator, type EmulatorOptions, startEmulator } from "@rollcall/clerk-emulator";
import type { ClerkUser } from "@rollcall/sync";
import { clerkUserSchema } from "@rollcall/sync/clerk-user";
import { expect } from "vitest";
import { z } from "zod/v4";

/** A Clerk for one test, and what the test does to it. */
export interface Clerk extends Emulator {
  /** Creates users that no process has seen. */
  newUsers(count: number): Promise<string[]>;
  newUser(): Promise<string>;
  user(id: string): Promise<ClerkUser>;
  change(id: string, fields: Record<string, unknown>): Promise<ClerkUser>;
  deleteUser(id: string): Promise<void>;
  /** A session of the user, without a browser. `claims` override the token's; null removes one. */
  signIn(id: string, claims?: Record<string, unknown>): Promise<Session>;
  /** Makes the API fail from now on. */
  fail(fault: Record<string, unknown>): Promise<void>;
  endFaults(): Promise<void>;
  /** How many requests each route got since the last `forgetRequests`. */
  requests(): Promise<Record<string, number>>;
  forgetRequests(): Promise<void>;
  webhooks(settings: Record<string, unknown>): Promise<void>;
  /** Waits until every webhook has arrived, and forgets them. */
  untilDelivered(): Promise<void>;
}

export interface Session {
  token: string;
  cookies: Record<string, string>;
}

const sessionSchema = z.object({ token: z.string(), cookies: z.record(z.string(), z.string()) });
const deliveriesSchema = z.object({ pending: z.number(), failed: z.number() });
const requestsSchema = z.object({ byRoute: z.record(z.string(), z.number()) });

/** The users of a seed that is just large enough to contain each awkward kind. */
const FEW = 16;

export async function startClerk(options: EmulatorOptions = {}): Promise<Clerk> {
  const emulator = await startEmulator({ users: FEW, ...options });

  async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${emulator.url}${path}`, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${emulator.secretKey}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
  const newUsers = async (count: number) =>
    z.object({ userIds: z.array(z.string()) }).parse(await ask("POST", "/__control/users", { count })).userIds;

  return {
    ...emulator,
    newUsers,
    async newUser() {
      const [id] = await newUsers(1);
      if (!id) throw new Error("no user was created");
      return id;
    },
    user: async (id) => clerkUserSchema.parse(await ask("GET", `/v1/users/${id}`)),
    change: async (id, fields) => clerkUserSchema.parse(await ask("PATCH", `/__control/users/${id}`, fields)),
    deleteUser: async (id) => void (await ask("DELETE", `/__control/users/${id}`)),
    signIn: async (userId, claims) =>
      sessionSchema.parse(await ask("POST", "/__control/sign-in", { userId, ...(claims && { claims }) })),
    fail: async (fault) => void (await ask("POST", "/__control/faults", fault)),
    endFaults: async () => void (await ask("DELETE", "/__control/faults")),
    requests: async () => requestsSchema.parse(await ask("GET", "/__control/requests")).byRoute,
    forgetRequests: async () => void (await ask("DELETE", "/__control/requests")),
    webhooks: async (settings) => void (await ask("POST", "/__control/webhooks", settings)),
    async untilDelivered() {
      const deliveries = async () => deliveriesSchema.parse(await ask("GET", "/__control/deliveries"));
      await expect.poll(deliveries, { timeout: 30_000 }).toEqual({ pending: 0, failed: 0 });
      await ask("DELETE", "/__control/deliveries");
    },
  };
}
