import { createClient } from "@rollcall/db/client";
import { type ApplicationTables, createRollcall } from "@rollcall/sync";
import { statementNameGenerator } from "@rollcall/sync/prisma";
import { ownIdTables } from "../database.ts";
import type { Contender } from "./contender.ts";

/** The write path over a host's own Prisma client. */
const overTables = (name: string, tables?: ApplicationTables): Contender => ({
  name,
  open(databaseUrl, connections) {
    const prisma = createClient(databaseUrl, { maxConnections: connections, statementNameGenerator });
    const { applySnapshots } = createRollcall({
      db: prisma,
      clerk: { secretKey: "not used" },
      ...(tables && { tables }),
    });
    return {
      async apply(users) {
        await applySnapshots(users);
      },
      [Symbol.asyncDispose]: () => prisma.$disconnect(),
    };
  },
});

export const rollcall = overTables("Rollcall");
export const rollcallOwnIds = overTables("Rollcall, own ids", ownIdTables);
