import { runCommand, syncUser } from "@rollcall/cli";
import { context } from "./context.ts";

await runCommand(() => syncUser(process.argv.slice(2), context));
