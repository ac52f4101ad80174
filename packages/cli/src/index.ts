export { adopt } from "./commands/adopt.ts";
export { check } from "./commands/check.ts";
export { migrate } from "./commands/migrate.ts";
export { sync } from "./commands/sync.ts";
export { syncUser } from "./commands/sync-user.ts";
export { worker } from "./commands/worker.ts";
export type { Command, CommandContext, Opened, OpenOptions } from "./context.ts";
export { type InitContext, init } from "./init/init.ts";
export { runCommand } from "./run-command.ts";
