import { check, runCommand } from "@rollcall/cli";
import { context } from "./context.ts";

await runCommand(() => check(process.argv.slice(2), context));
