import { rollcall } from "@rollcall/auth";
import { NO_STORE } from "./origin.ts";

/** For a monitor, without a session: 200 ok or degraded, 503 down. */
export async function handleHealth(): Promise<Response> {
  const health = await rollcall.health();
  return Response.json(health, { status: health.status === "down" ? 503 : 200, headers: NO_STORE });
}
