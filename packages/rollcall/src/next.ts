export * from "@rollcall/api/http";
export * from "@rollcall/auth/mount";
