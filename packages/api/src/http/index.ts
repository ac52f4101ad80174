import { endpoint } from "./endpoint.ts";
import * as cron from "./handle-cron-sync.ts";
import * as health from "./handle-health.ts";
import * as syncCurrentUser from "./handle-sync-current-user.ts";
import * as trpc from "./handle-trpc.ts";

export const handleCronSync = endpoint("cron", cron.handleCronSync);
export const handleHealth = endpoint("health", health.handleHealth);
export const handleSyncCurrentUser = endpoint("sync-current-user", syncCurrentUser.handleSyncCurrentUser);
export const handleTRPC = endpoint("trpc", trpc.handleTRPC);
