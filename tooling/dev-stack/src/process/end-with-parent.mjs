// Runs a program that would outlive its launcher: `node end-with-parent.mjs <file> <arguments>`. When the launcher, which has the
// other end of stdin, ends, even by SIGKILL, the program's whole process group ends. It is not an `--import`: a program may pass
// its exec arguments to its own child processes, whose stdin is a different one.
import { pathToFileURL } from "node:url";

const endAll = () => process.kill(0, "SIGTERM");
process.stdin.on("end", endAll);
process.stdin.on("error", endAll);
process.stdin.resume();
process.stdin.unref();

process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1]).href);
