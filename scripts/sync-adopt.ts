import { adopt, runCommand } from "@rollcall/cli";
import { context } from "./context.ts";

await runCommand(() => adopt(process.argv.slice(2), context));
