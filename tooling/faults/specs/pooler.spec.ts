import { hasPgBouncer } from "@rollcall/dev-stack/testing/pgbouncer";
import { test } from "vitest";
import { survive } from "../src/trouble.ts";

test.skipIf(!hasPgBouncer).each([
  ["only the app's own queries lead", "POSTGRES_URL"],
  ["runs lead, too,", "both"],
] as const)("%s through PgBouncer in transaction mode, which loses its connections to Postgres", (_, pooled) =>
  survive({
    name: `pooler: ${pooled}`,
    pooled,
    async during({ stack, load }) {
      await load.round();
      stack.toPostgres.shut();
      await load.round();
      stack.toPostgres.open();
      await load.round();
      await stack.server.killOneBackend();
      await load.round();
    },
  }),
);
