import { handlers } from "@rollcall/api";

export const dynamic = "force-dynamic";

export const GET = (request: Request): Promise<Response> => handlers.metrics(request);
