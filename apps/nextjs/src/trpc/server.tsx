import "server-only";
import { appRouter, createTRPCContext } from "@rollcall/api";
import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { headers } from "next/headers";
import { cache, type ReactNode } from "react";
import { makeQueryClient } from "@/trpc/query-client.ts";

/** One for each request. */
export const getQueryClient = cache(makeQueryClient);

/** The router's procedures, called without HTTP. */
export const trpc = createTRPCOptionsProxy({
  ctx: async () => createTRPCContext({ headers: new Headers(await headers()) }),
  router: appRouter,
  queryClient: getQueryClient,
});

/** Hands what was fetched on the server to the components below. A fetch that failed is made again in the browser. */
export function HydrateClient({ children }: { children: ReactNode }) {
  return <HydrationBoundary state={dehydrate(getQueryClient())}>{children}</HydrationBoundary>;
}
