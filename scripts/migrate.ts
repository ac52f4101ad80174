import { migrate, runCommand } from "@rollcall/cli";
import { contextOfMigration } from "./context.ts";

// The second half of `pnpm db:migrate`: Rollcall's own tables and the queue's, so that workers need no right to create any.
await runCommand(() => migrate(process.argv.slice(2), contextOfMigration));
