import { defaultShouldDehydrateQuery, QueryClient } from "@tanstack/react-query";
import superjson from "superjson";
import { isRefusal } from "@/trpc/failure.ts";

const RETRIES = 2;

export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // What the server has just rendered is not asked for again as soon as the page is there.
        staleTime: 30_000,
        retry: (failures, error) => failures < RETRIES && !isRefusal(error),
      },
      dehydrate: { serializeData: superjson.serialize, shouldDehydrateQuery: defaultShouldDehydrateQuery },
      hydrate: { deserializeData: superjson.deserialize },
    },
  });
