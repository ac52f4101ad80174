import { randomInt } from "node:crypto";
import { refusal } from "../api-error.ts";

const LIFETIME_MS = 10 * 60 * 1000;
const MOST_ATTEMPTS = 5;

/** So many codes wait to be entered; the oldest go first. */
const MOST_CODES = 1000;

type VerificationCode = { emailAddress: string; code: string; expiresAt: number; attempts: number };

/**
 * The codes that Clerk would mail. Here they are told to the terminal, and to callers of the control route. They are
 * gone after a restart: another one can be asked for.
 */
export class VerificationCodes {
  readonly #codes = new Map<string, VerificationCode>();
  readonly #log: (line: string) => void;

  constructor(log: (line: string) => void) {
    this.#log = log;
  }

  /** Makes a new code for what is to be verified (a sign-in, a sign-up, an address); the one before it ends. */
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

  /** What Clerk tells of a code that waits to be entered; times in ms. */
  pending(subjectId: string): { attempts: number; expire_at: number } | undefined {
    const waiting = this.#codes.get(subjectId);
    return waiting && { attempts: waiting.attempts, expire_at: waiting.expiresAt };
  }

  /** Ends what was sent: it is for an address that is not meant any more. */
  cancel(subjectId: string): void {
    this.#codes.delete(subjectId);
  }

  /**
   * Accepts the right code, once.
   * @throws ApiError 422 where it is wrong, 400 where it is too old, was tried too often or none was sent.
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

  /** Those that wait to be entered, newest first. */
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
