import { auth } from "./src/app.ts";

export const { getCurrentUser, requireUser, getCaller, isAdmin } = auth;
