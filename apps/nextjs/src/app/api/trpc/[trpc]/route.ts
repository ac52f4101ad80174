import { handleTRPC } from "@rollcall/api/http";
import { afterAnswer } from "@/lib/after-answer.ts";

export const maxDuration = 60;

const handler = (request: Request): Promise<Response> => handleTRPC(request, afterAnswer(maxDuration));

export { handler as GET, handler as POST };
