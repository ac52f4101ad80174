import { commandStart } from "./reports/command-start.ts";
import { effects } from "./reports/effects.ts";
import { fullRun } from "./reports/full-run.ts";
import { growth } from "./reports/growth.ts";
import { oneUser } from "./reports/one-user.ts";
import { protectedCall } from "./reports/protected-call.ts";
import { stampede } from "./reports/stampede.ts";
import { statements } from "./reports/statements.ts";
import { throughput } from "./reports/throughput.ts";
import { webhook } from "./reports/webhook.ts";
import { type NamedScenario, named } from "./scenario.ts";

/** In the order in which they are measured: a new one needs a line here. */
export const scenarios: NamedScenario[] = [
  named(throughput),
  named(oneUser),
  named(webhook),
  named(protectedCall),
  named(fullRun),
  named(stampede),
  named(statements),
  named(effects),
  named(growth),
  named(commandStart),
];
