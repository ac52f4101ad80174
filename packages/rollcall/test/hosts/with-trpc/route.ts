import { createTRPCHandler } from "rollcall/trpc";
import { appRouter } from "./root";

const handler = createTRPCHandler({ router: appRouter });
export const POST = (request: Request): Promise<Response> => handler(request);
