/** Next calls this once, before the server accepts its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME === "nodejs") await import("./check-environment.ts");
}
