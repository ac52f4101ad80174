export * from "@rollcall/sync/postgres-js";
