const LONGEST = 500; // characters
const ADDRESS = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g;

/** The error of a handler as one short line without email addresses: the outbox has no personal data. */
export function handlerError(thrown: unknown): string {
  const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return text.replaceAll("\u0000", "").replaceAll(ADDRESS, "<email>").replaceAll(/\s+/g, " ").slice(0, LONGEST);
}
