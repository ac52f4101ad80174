import { createTRPCHandler } from "@rollcall/api/mount";
import { rollcall } from "../../../../host.ts";
import { appRouter } from "../../../../trpc/router.ts";

export const maxDuration = 60;

const answer = createTRPCHandler({ router: appRouter, logger: rollcall.settings().logger });
const handler = (request: Request): Promise<Response> => answer(request);

export { handler as GET, handler as POST };
