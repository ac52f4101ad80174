import { effects, runCommand } from "@rollcall/cli";
import { context } from "./context.ts";

await runCommand(() => effects(process.argv.slice(2), context));
