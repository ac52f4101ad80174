import { createPublicKey } from "node:crypto";
import { z } from "zod";
import { OWN_CONNECTION } from "./ask.ts";

/** A user as the Backend API returns them, as far as the app copies them. */
export const clerkUserSchema = z.looseObject({
  id: z.string(),
  primary_email_address_id: z.string().nullable(),
  email_addresses: z.array(
    z.looseObject({
      id: z.string(),
      email_address: z.string(),
      verification: z.looseObject({ status: z.string() }).nullable(),
      updated_at: z.number(),
    }),
  ),
  first_name: z.string().nullable(),
  last_name: z.string().nullable(),
  username: z.string().nullable(),
  image_url: z.string(),
  updated_at: z.number(),
});
export type ClerkUser = z.infer<typeof clerkUserSchema>;

const sessionSchema = z.object({ token: z.string(), cookies: z.record(z.string(), z.string()) });
export type Session = z.infer<typeof sessionSchema>;

const keysSchema = z.object({ keys: z.tuple([z.looseObject({ kty: z.string() })], z.unknown()) });

const deliveriesSchema = z.object({
  pending: z.number(),
  failed: z.number(),
  delivered: z.number(),
  deliveries: z.array(z.object({ id: z.string(), state: z.string(), userId: z.string(), type: z.string() })),
});
export type Deliveries = z.infer<typeof deliveriesSchema>;

/** How Clerk's API fails: see the emulator's faults. */
export interface ClerkFault {
  latencyMs?: number;
  status?: number;
  answer?: "html" | "garbage" | "truncated";
  resetRate?: number;
  path?: string;
  /** How many requests it hits before it ends. */
  times?: number;
}

const PAGE = 500;
const RETRY_DELAYS_MS = [500, 1_000, 2_000, 3_000, ...Array.from({ length: 16 }, () => 8_000)];

export type Clerk = ReturnType<typeof createClerk>;

/** What happens at Clerk, past every fault: the tests' own way to the emulator. */
export function createClerk(url: string, secretKey: string) {
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${secretKey}`, ...OWN_CONNECTION },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
  const deliveries = async () => deliveriesSchema.parse(await call("GET", "/__control/deliveries"));
  return {
    /** Creates users that no process has seen. @returns their ids */
    signUp: async (count: number): Promise<string[]> =>
      z.object({ userIds: z.array(z.string()) }).parse(await call("POST", "/__control/users", { count })).userIds,
    /** Changes any field of a user. */
    change: async (id: string, fields: Record<string, unknown>): Promise<ClerkUser> =>
      clerkUserSchema.parse(await call("PATCH", `/__control/users/${id}`, fields)),
    remove: async (id: string): Promise<void> => void (await call("DELETE", `/__control/users/${id}`)),
    user: async (id: string): Promise<ClerkUser> => clerkUserSchema.parse(await call("GET", `/v1/users/${id}`)),
    /** All users. Not while its API fails. */
    async users(): Promise<ClerkUser[]> {
      const users: ClerkUser[] = [];
      for (;;) {
        const path = `/v1/users?order_by=%2Bcreated_at&limit=${PAGE}&offset=${users.length}`;
        const page = z.array(clerkUserSchema).parse(await call("GET", path));
        users.push(...page);
        if (page.length < PAGE) return users;
      }
    },
    /** The public key of session tokens, as PEM: the value of CLERK_JWT_KEY. */
    async publicKey(): Promise<string> {
      const { keys } = keysSchema.parse(await call("GET", "/v1/jwks"));
      return createPublicKey({ key: keys[0], format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
    },
    /** A session without a browser. `claims` override the token's. */
    signIn: async (userId: string, claims: Record<string, unknown>): Promise<Session> =>
      sessionSchema.parse(await call("POST", "/__control/sign-in", { userId, claims })),
    fail: (fault: ClerkFault) => call("POST", "/__control/faults", fault),
    recover: () => call("DELETE", "/__control/faults"),
    /** Sends every change to the app, and again for two minutes if the app does not accept it. */
    deliverTo: (appUrl: string) =>
      call("POST", "/__control/webhooks", {
        url: `${appUrl}/api/webhooks/clerk`,
        drop: 0,
        retryDelaysMs: RETRY_DELAYS_MS,
      }),
    /** Loses every change from now on. */
    loseDeliveries: () => call("POST", "/__control/webhooks", { drop: 1 }),
    deliveries,
  };
}
