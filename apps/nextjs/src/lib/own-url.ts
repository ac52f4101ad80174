/**
 * This deployment's URL, from Vercel's environment: a request cannot change it. Undefined elsewhere, where no function runs out
 * of time.
 *
 * @see https://vercel.com/docs/environment-variables/system-environment-variables
 */
export function ownUrl(path: string, environment: Record<string, string | undefined> = process.env): URL | undefined {
  const { VERCEL, VERCEL_ENV, VERCEL_URL, VERCEL_PROJECT_PRODUCTION_URL } = environment;
  // Visitors of a deployment's own address must sign in to Vercel; the production's domain is open.
  const host = VERCEL_ENV === "production" ? VERCEL_PROJECT_PRODUCTION_URL : VERCEL_URL;
  if (!VERCEL || !host || !URL.canParse(`https://${host}`)) return undefined;
  const url = new URL(path, `https://${host}`);
  return url.host === host.toLowerCase() ? url : undefined;
}
