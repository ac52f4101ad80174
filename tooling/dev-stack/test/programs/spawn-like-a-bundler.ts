import { spawn } from "node:child_process";

// Like Turbopack's workers: with the exec arguments of its own process, and no stdin.
const worker = spawn(process.execPath, [...process.execArgv, "--eval", "console.log('the worker ran')"], {
  stdio: ["ignore", "inherit", "inherit"],
});
worker.once("close", (code) => {
  console.log(`it ended with ${code}; the arguments: ${process.argv.slice(2)}`);
});
