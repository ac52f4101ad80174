export * from "@rollcall/sync";
