import { createClerkClient } from "@clerk/backend";
import { z } from "zod";
import { type Emulator, type EmulatorOptions, startEmulator } from "../src/index.ts";

/** An emulator with few users, the real SDK in front of it, and its control routes. */
export async function startClerk(options: EmulatorOptions = {}) {
  const emulator = await startEmulator({ users: 30, ...options });
  return {
    ...emulator,
    emulator,
    sdk: createClerkClient({
      secretKey: emulator.secretKey,
      publishableKey: emulator.publishableKey,
      apiUrl: emulator.url,
    }),
    /** A call of the Backend API without the SDK. */
    api: (method: string, path: string, body?: unknown) =>
      call(emulator, method, `/v1${path}`, body, { authorization: `Bearer ${emulator.secretKey}` }),
    control: (method: string, path: string, body?: unknown) => call(emulator, method, `/__control${path}`, body, {}),
  };
}

async function call(
  emulator: Emulator,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const response = await fetch(`${emulator.url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

export const signedIn = z.object({
  token: z.string(),
  sessionId: z.string(),
  cookies: z.record(z.string(), z.string()),
});
export const idList = z.array(z.object({ id: z.string() })).transform((users) => users.map(({ id }) => id));
