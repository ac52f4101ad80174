import { handleSyncCurrentUser } from "@rollcall/api/http";

const handler = (request: Request): Promise<Response> => handleSyncCurrentUser(request);

export { handler as GET, handler as POST };
