/** Next calls this once, before the server accepts its first request. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  await import("./check-environment.ts");
  await import("./end-in-time.ts");
  if (process.env.OTEL_EXPORTER_OTLP_ENDPOINT) await import("./send-traces.ts");
}
