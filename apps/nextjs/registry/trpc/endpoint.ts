/** Where the server answers tRPC: `app/api/rollcall/trpc/[trpc]/route.ts`. */
export const ENDPOINT = "/api/rollcall/trpc";
