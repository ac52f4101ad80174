export { handleCronSync } from "./handle-cron-sync.ts";
export { handleHealth } from "./handle-health.ts";
export { handleSyncCurrentUser } from "./handle-sync-current-user.ts";
export { handleTRPC } from "./handle-trpc.ts";
