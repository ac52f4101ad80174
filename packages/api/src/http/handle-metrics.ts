import type { Rollcall } from "@rollcall/sync";
import type { Handler } from "./endpoint.ts";
import { NO_STORE } from "./origin.ts";
import { requireSecret } from "./secret.ts";

const METRICS = { what: "Metrics", caller: "monitor", variable: "METRICS_TOKEN" };

export interface MetricsParts {
  rollcall: Pick<Rollcall, "metrics">;
  /** The monitor's secret. The endpoint is closed if it is missing or shorter than 16 characters. */
  metricsToken: string | undefined;
}

/**
 * For Prometheus, with `Authorization: Bearer …`. An error status if the numbers cannot be read: Prometheus then sets its own `up` to
 * 0, and no old number stays.
 *
 * @throws SyncError as `Rollcall.metrics` does
 */
export const metricsHandler =
  ({ rollcall, metricsToken }: MetricsParts): Handler =>
  async (request) => {
    const token = requireSecret(request, metricsToken, METRICS);
    if (token instanceof Response) return token;
    const metrics = await rollcall.metrics();
    // Loaded here, so that a process that is never asked for metrics does not load prom-client.
    const { exposition } = await import("./prometheus.ts");
    const { text, contentType } = await exposition(metrics);
    return new Response(text, { headers: { ...NO_STORE, "content-type": contentType } });
  };
