import { handlers } from "@rollcall/api";

export const POST = (request: Request): Promise<Response> => handlers.webhook(request);
