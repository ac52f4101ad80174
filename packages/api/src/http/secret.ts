import { createHash, timingSafeEqual } from "node:crypto";
import { refuse } from "./answer-failure.ts";

const SHORTEST_SECRET = 16; // characters: Vercel's advice for CRON_SECRET

/** What a secret protects, for the answers without it. */
export interface Protected {
  /** As in "Scheduled runs". */
  what: string;
  /** Who sends the secret, as in "scheduler". */
  caller: string;
  /** The variable that holds it. */
  variable: string;
}

/**
 * Checks that a request carries the secret as `Authorization: Bearer …`.
 *
 * @returns the secret; else the answer: 401, or 503 if the secret is missing or shorter than 16 characters
 */
export function requireSecret(
  { headers }: Request,
  secret: string | undefined,
  { what, caller, variable }: Protected,
): string | Response {
  if (secret === undefined || secret.length < SHORTEST_SECRET) {
    return refuse(503, {
      code: "NOT_CONFIGURED",
      message: `${what} are not set up.`,
      hint: `Set ${variable} to ${SHORTEST_SECRET} random characters or more, here and at the ${caller}.`,
    });
  }
  if (isEqual(headers.get("authorization") ?? "", `Bearer ${secret}`)) return secret;
  return refuse(401, {
    code: "UNAUTHENTICATED",
    message: `The ${caller}'s secret is missing or wrong.`,
    hint: `Send Authorization: Bearer <${variable}>.`,
  });
}

/** In constant time: the digests have the same length and are compared to the end. */
const isEqual = (given: string, expected: string): boolean => timingSafeEqual(digest(given), digest(expected));
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
