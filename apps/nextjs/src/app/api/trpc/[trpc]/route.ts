import { handlers } from "@rollcall/api";
import { afterAnswer } from "@/lib/after-answer.ts";

export const maxDuration = 60;

const handler = (request: Request): Promise<Response> => handlers.trpc(request, afterAnswer(maxDuration));

export { handler as GET, handler as POST };
