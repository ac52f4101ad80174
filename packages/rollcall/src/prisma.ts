export * from "@rollcall/sync/prisma";
