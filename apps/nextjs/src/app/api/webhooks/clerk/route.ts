import { rollcall } from "@rollcall/auth";

export const POST = (request: Request): Promise<Response> => rollcall.handleWebhook(request);
