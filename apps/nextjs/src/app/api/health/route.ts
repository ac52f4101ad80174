import { rollcall } from "@rollcall/auth";

export const dynamic = "force-dynamic";

/** For a monitor, without a session: 200 ok or degraded, 503 down. */
export async function GET(): Promise<Response> {
  const health = await rollcall.health();
  return Response.json(health, {
    status: health.status === "down" ? 503 : 200,
    headers: { "cache-control": "private, no-store" },
  });
}
