export {
  createRollcallHandlers,
  type RollcallHandlers,
  type RollcallHandlersOptions,
} from "./create-rollcall-handlers.ts";
export type { Handler } from "./endpoint.ts";
export type { CronAfterAnswer } from "./handle-cron-sync.ts";
