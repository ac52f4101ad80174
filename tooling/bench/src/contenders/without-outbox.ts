import { createClient } from "@rollcall/db/client";
import { createRollcall, type Database } from "@rollcall/sync";
import { prismaDatabase } from "@rollcall/sync/prisma";
import type { Contender } from "./contender.ts";

/** The write path as it would be without effects: its statement does not know the outbox. */
export const withoutOutbox: Contender = {
  name: "Rollcall without an outbox",
  open(databaseUrl, connections) {
    const prisma = createClient(databaseUrl, { maxConnections: connections });
    const db = prismaDatabase(prisma);
    const cut: Database = { ...db, query: (text, values) => db.query(withoutEffects(text), values) };
    const { applySnapshots } = createRollcall({ db: cut, clerk: { secretKey: "not used" } });
    return {
      async apply(users) {
        await applySnapshots(users);
      },
      [Symbol.asyncDispose]: () => prisma.$disconnect(),
    };
  },
};

function withoutEffects(text: string): string {
  if (!text.includes("written as (")) return text; // the check of the tables
  const cut = text.replace(/, effects as \([\s\S]*?\n\)/, "");
  if (cut === text) throw new Error("The statement has no CTE named effects: this contender must be changed");
  return cut;
}
