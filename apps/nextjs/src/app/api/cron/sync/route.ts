import { handlers } from "@rollcall/api";
import { afterAnswer } from "@/lib/after-answer.ts";
import { ownUrl } from "@/lib/own-url.ts";

export const maxDuration = 60;

export const GET = (request: Request): Promise<Response> =>
  handlers.cron(request, { ...afterAnswer(maxDuration), ownUrl: ownUrl("/api/cron/sync") });
