import { atLeast } from "../goals.ts";
import { bars } from "../plots/bars.ts";
import type { Scenario } from "../scenario.ts";
import { type DeliveryKind, measureWebhook, type WebhookSpeed } from "../scenarios/webhook.ts";
import { ms, ratio, whole } from "../table.ts";

const TIMES_AS_FAST = 1.3;

const titles: Record<DeliveryKind, string> = {
  first: "a new user",
  repeat: "the same delivery again",
  update: "a change",
};

export const webhook: Scenario<WebhookSpeed[]> = {
  name: "webhook",
  measure: measureWebhook,
  tables: (results) => [
    {
      head: [
        "deliveries a second",
        ...["at a time", "Rollcall", "Clerk's guide", "faster"],
        ...["Postgres CPU ms each", "guide's", "app CPU ms each", "guide's"],
      ],
      rows: results.map(({ kind, concurrency, perSecond, timesAsFast, cpuMs: { postgres, app } }) => [
        titles[kind],
        whole(concurrency),
        whole(perSecond.rollcall),
        whole(perSecond.peer),
        ratio(timesAsFast),
        ...[postgres?.rollcall, postgres?.peer, app?.rollcall, app?.peer].map((used) =>
          used === undefined ? "unknown" : ms(used),
        ),
      ]),
    },
  ],
  goals: (results) =>
    results.map(({ kind, timesAsFast }) =>
      atLeast(`webhook, ${titles[kind]}: times as fast as Clerk's guide`, TIMES_AS_FAST, timesAsFast),
    ),
  plots: (results) => [
    bars({
      name: "bench-webhook",
      title: "Webhook deliveries a second",
      series: ["Rollcall", "Clerk's guide"],
      groups: results.map(({ kind, perSecond: { rollcall, peer } }) => ({
        label: titles[kind],
        values: [rollcall, peer],
      })),
      figure: whole,
    }),
  ],
};
