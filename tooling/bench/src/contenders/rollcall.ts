import { createClient } from "@rollcall/db/client";
import { createRollcall } from "@rollcall/sync";
import type { Contender } from "./contender.ts";

/** The write path over a host's own Prisma client. */
export const rollcall: Contender = {
  name: "Rollcall",
  open(databaseUrl, connections) {
    const prisma = createClient(databaseUrl, { maxConnections: connections });
    const { applySnapshots } = createRollcall({ db: prisma, clerk: { secretKey: "not used" } });
    return {
      async apply(users) {
        await applySnapshots(users);
      },
      [Symbol.asyncDispose]: () => prisma.$disconnect(),
    };
  },
};
