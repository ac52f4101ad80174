import { runCommand, worker } from "@rollcall/cli";
import { context } from "./context.ts";

await runCommand(() => worker(process.argv.slice(2), context));
