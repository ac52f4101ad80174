import { createClient } from "@rollcall/db/client";
import { createWritePath, defaultTables } from "@rollcall/sync";
import type { Contender } from "./contender.ts";

/** The write path over a host's own Prisma client. */
export const rollcall: Contender = {
  name: "Rollcall",
  open(databaseUrl, connections) {
    const prisma = createClient(databaseUrl, { maxConnections: connections });
    const writePath = createWritePath(prisma, defaultTables);
    return {
      async apply(users) {
        await writePath.applySnapshots(users);
      },
      [Symbol.asyncDispose]: () => prisma.$disconnect(),
    };
  },
};
