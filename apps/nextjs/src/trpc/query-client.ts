import { defaultShouldDehydrateQuery, QueryClient } from "@tanstack/react-query";
import superjson from "superjson";
import { isRefusal } from "@/trpc/failure.ts";

const RETRIES = 2;

export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // The browser does not refetch what the server has just rendered.
        staleTime: 30_000,
        retry: (failures, error) => failures < RETRIES && !isRefusal(error),
      },
      dehydrate: { serializeData: superjson.serialize, shouldDehydrateQuery: defaultShouldDehydrateQuery },
      hydrate: { deserializeData: superjson.deserialize },
    },
  });
