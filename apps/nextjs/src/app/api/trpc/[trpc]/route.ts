import { handleTRPC } from "@rollcall/api/http";
import { after } from "next/server";

const handler = (request: Request): Promise<Response> => handleTRPC(request, { after });

export { handler as GET, handler as POST };
