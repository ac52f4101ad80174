import type { Emulator } from "@rollcall/clerk-emulator";
import { z } from "zod/v4";

/** The origin that the emulator's sessions are made for. */
export const ORIGIN = "http://localhost:3000";

const sessionSchema = z.object({ token: z.string(), cookies: z.record(z.string(), z.string()) });

/** Calls one of the emulator's control routes. */
export async function control(clerk: Emulator, method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(`${clerk.url}/__control${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** The headers of a request with a session of the user; a claim that is null is left out of the token. */
export async function signIn(
  clerk: Emulator,
  userId: string,
  claims: Record<string, unknown> = {},
): Promise<{ bearer: Headers; cookie: Headers }> {
  const { token, cookies } = sessionSchema.parse(await control(clerk, "POST", "/sign-in", { userId, claims }));
  const host = new URL(ORIGIN).host;
  const cookie = Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
  return {
    bearer: new Headers({ host, authorization: `Bearer ${token}` }),
    cookie: new Headers({ host, cookie }),
  };
}
