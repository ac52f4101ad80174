import { startEmulatorProcess } from "@rollcall/dev-stack/emulator-process";
import { z } from "zod";
import { type HttpRequest, send } from "./load.ts";

/** The origin that the emulator's sessions are made for. */
export const ORIGIN = "http://localhost:3000";
// A scenario takes longer than the minute that a token of Clerk lives.
const TOKEN_SECONDS = 6 * 60 * 60;
const PAGE = 500;

const keysSchema = z.object({
  EMULATOR_URL: z.url(),
  CLERK_SECRET_KEY: z.string(),
  CLERK_INSTANCE_ID: z.string(),
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: z.string(),
  CLERK_WEBHOOK_SIGNING_SECRET: z.string(),
});
const userSchema = z.looseObject({ id: z.string(), updated_at: z.number(), email_addresses: z.array(z.unknown()) });
export type ClerkUser = z.infer<typeof userSchema>;

/** A Clerk on this machine, in a process of its own. */
export interface Clerk extends AsyncDisposable {
  pid: number | undefined;
  url: string;
  port: number;
  secretKey: string;
  publishableKey: string;
  signingSecret: string;
  instanceId: string;
  /** Every variable that an app needs to use it. */
  environment: Record<string, string>;
  /** Users with one address, newest first: each seed begins with awkward ones. */
  users(count: number): Promise<ClerkUser[]>;
  /** A session's token. `claims` override the token's; null removes one. */
  signIn(userId: string, claims?: Record<string, unknown>): Promise<string>;
  /** The requests to its Backend API since the last call of this function. */
  takeRequests(): Promise<number>;
}

export async function startClerk(users: number): Promise<Clerk> {
  const emulator = await startEmulatorProcess({ port: 4_510, users });
  const keys = keysSchema.parse(emulator.environment);
  const headers = { "content-type": "application/json", authorization: `Bearer ${keys.CLERK_SECRET_KEY}` };
  async function ask(method: HttpRequest["method"], path: string, body?: unknown): Promise<unknown> {
    const request = { method, url: `${keys.EMULATOR_URL}${path}`, headers };
    return JSON.parse(await send(false, body === undefined ? request : { ...request, body: JSON.stringify(body) }));
  }
  return {
    pid: emulator.pid,
    url: keys.EMULATOR_URL,
    port: emulator.port,
    secretKey: keys.CLERK_SECRET_KEY,
    publishableKey: keys.NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY,
    signingSecret: keys.CLERK_WEBHOOK_SIGNING_SECRET,
    instanceId: keys.CLERK_INSTANCE_ID,
    environment: emulator.environment,
    async users(count) {
      const found: ClerkUser[] = [];
      for (let offset = 0; found.length < count; offset += PAGE) {
        const page = await ask("GET", `/v1/users?limit=${PAGE}&offset=${offset}&order_by=-created_at`);
        const usual = z.array(userSchema).parse(page);
        if (usual.length === 0) throw new Error(`the emulator has fewer than ${count} users`);
        found.push(...usual.filter((user) => user.banned === false && user.email_addresses.length === 1));
      }
      return found.slice(0, count);
    },
    async signIn(userId, claims) {
      const exp = Math.floor(Date.now() / 1_000) + TOKEN_SECONDS;
      const session = await ask("POST", "/__control/sign-in", { userId, claims: { exp, ...claims } });
      return z.object({ token: z.string() }).parse(session).token;
    },
    async takeRequests() {
      const { total } = z.object({ total: z.number() }).parse(await ask("GET", "/__control/requests"));
      await ask("DELETE", "/__control/requests");
      return total;
    },
    [Symbol.asyncDispose]: emulator[Symbol.asyncDispose],
  };
}
