import { createTRPCHandler } from "@rollcall/api/mount";
import { rollcall } from "@rollcall/app";
import { auth } from "@rollcall/auth/app";
import { comparedRouter } from "../../../../../src/contenders/compared-router.ts";

const handle = createTRPCHandler({ router: comparedRouter(rollcall, auth) });

export const GET = (request: Request): Promise<Response> => handle(request);
