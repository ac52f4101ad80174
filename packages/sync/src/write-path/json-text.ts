// What JSON.stringify writes as an escape, a backslash itself included. Of surrogates it escapes only lone ones.
const ESCAPE = /\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g;

/**
 * A value as JSON that PostgreSQL's jsonb takes, which refuses what a text column does: NUL is left out, and a lone surrogate
 * becomes U+FFFD, as in any text that is sent as UTF-8.
 */
export const jsonText = (value: unknown): string =>
  JSON.stringify(value).replace(ESCAPE, (escaped) => {
    if (escaped === "\\u0000") return "";
    return escaped.startsWith("\\ud") ? "\uFFFD" : escaped;
  });
