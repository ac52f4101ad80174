import { handleHealth } from "@rollcall/api/http";

export const dynamic = "force-dynamic";

export const GET = (): Promise<Response> => handleHealth();
