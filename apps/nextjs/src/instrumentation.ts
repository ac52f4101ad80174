/** Next calls this once, before the server takes its first request: with a wrong environment it does not start. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { readEnvironment } = await import("@rollcall/auth/environment");
  readEnvironment();
}
