import { parseConnectionString } from "@rollcall/db/connection";
import { EngineSession } from "../src/engine-session.ts";
import { MigrationDatabase } from "../src/migration-database.ts";

/** What the engine answers Prisma's CLI when it connects: what refuses the connection is the CLI's error, word for word. */
export function connectEngine(url: string): Promise<unknown> {
  const session = new EngineSession({
    openDatabase: () => new MigrationDatabase(parseConnectionString(url)),
    schemaFiles: [],
    print: () => {},
    onPanic: (reason) => {
      throw new Error(reason);
    },
  });
  return session.answer("ensureConnectionValidity", {});
}
