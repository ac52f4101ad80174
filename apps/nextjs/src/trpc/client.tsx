"use client";

import { useClerk } from "@clerk/nextjs";
import type { AppRouter } from "@rollcall/api";
import { isServer, type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { type ReactNode, useState } from "react";
import superjson from "superjson";
import { ENDPOINT } from "@/trpc/endpoint.ts";
import { makeQueryClient } from "@/trpc/query-client.ts";

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

let browserQueryClient: QueryClient | undefined;

/** On the server, one per request. In the browser, one for good, even if React discards a first render. */
function getQueryClient(): QueryClient {
  if (isServer) return makeQueryClient();
  browserQueryClient ??= makeQueryClient();
  return browserQueryClient;
}

export function TRPCReactProvider({ children }: { children: ReactNode }) {
  const clerk = useClerk();
  const queryClient = getQueryClient();
  const [trpcClient] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        httpBatchLink({
          url: ENDPOINT,
          transformer: superjson,
          maxItems: 20, // the server accepts no more
          // The cookie's token lives for 60 s and is not renewed while the machine sleeps. Clerk's script returns a valid
          // one; if the script has not loaded, the cookie is used.
          async headers() {
            const token = clerk.loaded ? await clerk.session?.getToken().catch(() => null) : null;
            return token ? { authorization: `Bearer ${token}` } : {};
          },
        }),
      ],
    }),
  );

  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
