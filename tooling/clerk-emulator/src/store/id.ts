import { createHash, randomUUID } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LENGTH = 27;

/** An id of Clerk's form, the prefix and 27 characters of [A-Za-z0-9]: always the same one for the same words. */
export function derivedId(prefix: string, ...words: (string | number)[]): string {
  const bytes = createHash("sha256").update(words.join("\0")).digest().subarray(0, LENGTH);
  return `${prefix}_${Array.from(bytes, (byte) => ALPHABET[byte % ALPHABET.length]).join("")}`;
}

/** A new id of Clerk's form. */
export function newId(prefix: string): string {
  return derivedId(prefix, randomUUID());
}
