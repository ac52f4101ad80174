import { z } from "zod";
import type { Stack } from "./stack.ts";

const userSchema = z.object({
  id: z.string(),
  primary_email_address_id: z.string().nullable(),
  email_addresses: z.array(
    z.object({
      id: z.string(),
      email_address: z.string(),
      verification: z.object({ status: z.string() }).nullable(),
    }),
  ),
});

export interface ClerkUser {
  id: string;
  /** The primary address, if it is verified. */
  email: string | null;
}

export interface Session {
  /** The headers of a request by the signed-in user's browser. */
  cookie: string;
}

/** What Clerk's dashboard and a person at their browser would do. */
export interface Clerk {
  users(): Promise<ClerkUser[]>;
  signIn(userId: string, origin: string): Promise<Session>;
  signUp(): Promise<string>;
  rename(userId: string, firstName: string): Promise<void>;
  deliverTo(url: string | null): Promise<void>;
  /** The last answers that the webhook's route gave. */
  deliveries(): Promise<string>;
}

export function emulatedClerk(stack: Stack): Clerk {
  const url = stack.variable("EMULATOR_URL");
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(url + path, {
      method,
      headers: { "content-type": "application/json", authorization: `Bearer ${stack.variable("CLERK_SECRET_KEY")}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`Clerk answered ${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
  return {
    async users() {
      const all: ClerkUser[] = [];
      for (;;) {
        const page = z
          .array(userSchema)
          .parse(await call("GET", `/v1/users?limit=500&offset=${all.length}&order_by=%2Bcreated_at`));
        if (page.length === 0) return all;
        for (const { id, primary_email_address_id, email_addresses } of page) {
          const primary = email_addresses.find((address) => address.id === primary_email_address_id);
          all.push({ id, email: primary?.verification?.status === "verified" ? primary.email_address : null });
        }
      }
    },
    async signIn(userId, origin) {
      const answer = await call("POST", "/__control/sign-in", { userId, claims: { azp: origin } });
      const { cookies } = z.object({ cookies: z.record(z.string(), z.coerce.string()) }).parse(answer);
      return {
        cookie: Object.entries(cookies)
          .map(([name, value]) => `${name}=${value}`)
          .join("; "),
      };
    },
    async signUp() {
      const { userIds } = z
        .object({ userIds: z.tuple([z.string()]) })
        .parse(await call("POST", "/__control/users", { count: 1 }));
      return userIds[0];
    },
    async rename(userId, firstName) {
      await call("PATCH", `/__control/users/${userId}`, { first_name: firstName, last_name: null });
    },
    async deliverTo(target) {
      await call("POST", "/__control/webhooks", { url: target });
    },
    deliveries: async () => JSON.stringify(await call("GET", "/__control/deliveries")),
  };
}
