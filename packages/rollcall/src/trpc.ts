export * from "@rollcall/api/mount";
