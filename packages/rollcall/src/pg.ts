export * from "@rollcall/sync/pg";
