/** Where the server answers tRPC. */
export const ENDPOINT = "/api/trpc";
