import { createPublicKey } from "node:crypto";
import { type Logger, SyncError } from "@rollcall/sync";
import { clockFault } from "@rollcall/sync/clock";
import { z } from "zod/v4";

// The SDK forgets the keys after that time, asks for them again once for each call under way, waits for as long as it
// takes, and takes everybody for signed out where no answer comes. Here they are looked at anew beside the calls.
const LOOKED_AT_AGAIN_MS = 5 * 60_000;
const TIMEOUT_MS = 3_000;
// Anybody can send a token that names a key which does not exist: such a one asks Clerk no more often than this.
const UNKNOWN_KEY_MS = 30_000;

export interface SessionKeysOptions {
  secretKey: string;
  apiUrl?: string | undefined;
  /** Where a wrong clock is reported; the default is nowhere. */
  logger?: Logger | undefined;
}

export interface SessionKeys {
  /**
   * The key of a request's token as PEM, as the SDK's `jwtKey` takes it; of a token that none of the keys has signed, any of
   * them; undefined where the request carries no token.
   *
   * @throws SyncError CLERK_UNREACHABLE or CLERK_UNAUTHORIZED where no key is known and none could be loaded, within 3 s
   */
  keyOf(headers: Headers): Promise<string | undefined>;
  /** What is wrong with this machine's clock, as a sentence, where it was over 20 s off when the keys were last loaded. */
  clockHint(): string | undefined;
}

const keysSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.literal("RSA") })) });
const headerSchema = z.object({ kid: z.string() });

/** Clerk's public keys for session tokens: asked for once, however many calls wait, and kept while Clerk is away. */
export function sessionKeys({ secretKey, apiUrl = "https://api.clerk.com", logger }: SessionKeysOptions): SessionKeys {
  let pems = new Map<string, string>();
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  let clockHint: string | undefined;

  async function ask(): Promise<void> {
    askedAt = performance.now();
    try {
      const response = await fetch(new URL("/v1/jwks", apiUrl), {
        headers: { authorization: `Bearer ${secretKey}` },
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (response.status === 401) throw new SyncError("CLERK_UNAUTHORIZED", "Clerk does not accept the secret key");
      if (!response.ok) throw new Error(`Clerk answered /jwks with ${response.status}`);
      const { keys } = keysSchema.parse(await response.json());
      pems = new Map(keys.map((jwk) => [jwk.kid, toPem(jwk)]));
      clockHint = clockFault(Date.now() - Date.parse(response.headers.get("date") ?? "")) ?? undefined;
      if (clockHint) logger?.warn({ event: "clock_differs" }, clockHint);
    } catch (cause) {
      if (cause instanceof SyncError) throw cause;
      throw new SyncError("CLERK_UNREACHABLE", "Clerk's public keys could not be loaded", { cause });
    }
  }
  const askOnce = (): Promise<void> => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };

  return {
    clockHint: () => clockHint,
    async keyOf(headers) {
      const kids = keyIds(headers);
      if (kids.length === 0) return undefined;
      const known = () => kids.map((kid) => pems.get(kid)).find((pem) => pem !== undefined);
      const age = () => performance.now() - askedAt;
      if (pems.size === 0) await askOnce();
      else if (known() === undefined && (asking || age() > UNKNOWN_KEY_MS)) await askOnce().catch(() => {});
      else if (age() > LOOKED_AT_AGAIN_MS) void askOnce().catch(() => {});
      return known() ?? pems.values().next().value;
    },
  };
}

const toPem = (key: { kid: string; kty: "RSA" }): string =>
  createPublicKey({ key, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();

// Bearer, or Clerk's cookie with or without the suffix that tells several instances on one host apart.
const TOKENS = /(?:^Bearer |__session(?:_[\w-]+)?=)([\w-]+)\.[\w-]+\.[\w-]+/gi;

/** The keys by which the request's tokens say that they were signed. Nothing of it is believed. */
function keyIds(headers: Headers): string[] {
  const texts = [headers.get("authorization"), headers.get("cookie")];
  return texts
    .flatMap((text) => [...(text ?? "").matchAll(TOKENS)])
    .flatMap(([, encoded = ""]) => parseHeader(encoded)?.kid ?? []);
}

function parseHeader(encoded: string): z.infer<typeof headerSchema> | undefined {
  try {
    return headerSchema.safeParse(JSON.parse(Buffer.from(encoded, "base64url").toString())).data;
  } catch {
    return undefined;
  }
}
