import { randomInt } from "node:crypto";
import { refusal } from "../api-error.ts";

const LIFETIME_MS = 10 * 60 * 1000;
const MOST_ATTEMPTS = 5;

/** The limit of pending codes; the oldest are dropped first. */
const MOST_CODES = 1000;

type VerificationCode = { emailAddress: string; code: string; expiresAt: number; attempts: number };

/**
 * The codes that Clerk would email. Here they go to the terminal, and to callers of the control route. A restart drops them:
 * request another one.
 */
export class VerificationCodes {
  readonly #codes = new Map<string, VerificationCode>();
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Creates a new code for a sign-in, a sign-up or an address. It replaces the previous one. */
  send(subjectId: string, emailAddress: string): void {
    const code = String(randomInt(1_000_000)).padStart(6, "0");
    this.#codes.delete(subjectId);
    this.#codes.set(subjectId, { emailAddress, code, expiresAt: Date.now() + LIFETIME_MS, attempts: 0 });
    for (const id of this.#codes.keys()) {
      if (this.#codes.size <= MOST_CODES) break;
      this.#codes.delete(id);
    }
    this.#log(`Verification code for ${emailAddress}: ${code}`);
  }

  /** What Clerk says about a pending code; times in ms. */
  pending(subjectId: string): { attempts: number; expire_at: number } | undefined {
    const waiting = this.#codes.get(subjectId);
    return waiting && { attempts: waiting.attempts, expire_at: waiting.expiresAt };
  }

  /** Drops a sent code: it is for an address that is no longer used. */
  cancel(subjectId: string): void {
    this.#codes.delete(subjectId);
  }

  /**
   * Accepts the right code, once.
   * @throws ApiError 422 if it is wrong; 400 if it is too old, was tried too often, or none was sent.
   */
  accept(subjectId: string, code: string): void {
    const waiting = this.#codes.get(subjectId);
    if (!waiting || waiting.expiresAt <= Date.now()) {
      throw refusal(400, "verification_expired", "This verification has expired. You need to start a new one.");
    }
    if (waiting.attempts >= MOST_ATTEMPTS) {
      const message = "Too many failed attempts. You have to try again with the same or another method.";
      throw refusal(400, "verification_failed", message);
    }
    if (waiting.code !== code) {
      waiting.attempts += 1;
      throw refusal(422, "form_code_incorrect", "Incorrect code", "code");
    }
    this.#codes.delete(subjectId);
  }

  /** The pending codes, newest first. */
  toJSON() {
    return {
      codes: [...this.#codes.values()].reverse().map(({ emailAddress, code, expiresAt }) => ({
        emailAddress,
        code,
        expiresAt,
      })),
    };
  }
}
