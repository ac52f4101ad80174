import "server-only";
import { appRouter, createTRPCContext } from "@rollcall/api";
import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { headers } from "next/headers";
import { cache, type ReactNode } from "react";
import { makeQueryClient } from "@/trpc/query-client.ts";

/** One per request. */
export const getQueryClient = cache(makeQueryClient);

/** The router's procedures, called without HTTP. */
export const trpc = createTRPCOptionsProxy({
  ctx: async () => createTRPCContext({ headers: new Headers(await headers()) }),
  router: appRouter,
  queryClient: getQueryClient,
});

/** Passes what the server fetched to the components below. The browser retries a fetch that failed. */
export function HydrateClient({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}
