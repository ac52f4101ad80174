import type { Rollcall } from "@rollcall/sync";
import type { Handler } from "./endpoint.ts";
import { NO_STORE } from "./origin.ts";

/** For a monitor, without a session: 200 ok or degraded, 503 down. */
export const healthHandler =
  (rollcall: Pick<Rollcall, "health">): Handler =>
  async () => {
    const health = await rollcall.health();
    return Response.json(health, { status: health.status === "down" ? 503 : 200, headers: NO_STORE });
  };
