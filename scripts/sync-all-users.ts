import { runCommand, sync } from "@rollcall/cli";
import { context } from "./context.ts";

await runCommand(() => sync(process.argv.slice(2), context));
