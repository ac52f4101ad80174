// Runs a program that would outlive its launcher: `node end-with-parent.mjs <file> <arguments>`. When the launcher, which
// holds the other end of stdin, is gone, even by SIGKILL, the program's whole process group ends. It is no `--import`: a
// program may hand its exec arguments on to processes of its own, whose stdin is another one.
import { pathToFileURL } from "node:url";

const endAll = () => process.kill(0, "SIGTERM");
process.stdin.on("end", endAll);
process.stdin.on("error", endAll);
process.stdin.resume();
process.stdin.unref();

process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1]).href);
