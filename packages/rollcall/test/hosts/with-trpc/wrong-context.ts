import { initTRPC } from "@trpc/server";
import { rollcallTRPC } from "./rollcall";

const t = initTRPC.context<{ tenant: string }>().create();

// @ts-expect-error: the host's context has no headers
export const authed = t.procedure.concat(rollcallTRPC.authed);
