const LONG_ENOUGH = 8; // a shorter value, such as a port or a user's name, also occurs in harmless text
const NAMES_A_SECRET = /URL|SECRET|KEY|TOKEN|PASSWORD|DSN/;

/**
 * A text that other code wrote, such as an error's message, without connection strings, keys of Clerk's and
 * the values of variables whose names say that they are secret.
 */
export function withoutSecrets(text: string, environment: NodeJS.ProcessEnv = process.env): string {
  const named = Object.entries(environment)
    .flatMap(([name, value]) =>
      NAMES_A_SECRET.test(name) && value !== undefined && value.length >= LONG_ENOUGH ? [{ name, value }] : [],
    )
    .reduce((shown, { name, value }) => shown.replaceAll(value, `[${name}]`), text);
  return named
    .replace(/\b([a-z][a-z0-9+.-]*):\/\/[^\s/"'`@]*@[^\s"'`]*/gi, "$1://…")
    .replace(/\b(sk_(?:live|test)|whsec)_[\w+/=-]+/g, "$1_…");
}
