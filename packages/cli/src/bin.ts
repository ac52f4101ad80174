#!/usr/bin/env node
import { main } from "./main.ts";
import { runCommand } from "./run-command.ts";

await runCommand(() => main(process.argv.slice(2)));
