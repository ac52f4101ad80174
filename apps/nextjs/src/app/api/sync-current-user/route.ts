import { handlers } from "@rollcall/api";

const handler = (request: Request): Promise<Response> => handlers.syncCurrentUser(request);

export { handler as GET, handler as POST };
