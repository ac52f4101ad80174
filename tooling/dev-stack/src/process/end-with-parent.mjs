// Loaded before a program that would outlive its launcher: when the launcher, which holds the other end of stdin, is gone,
// even by SIGKILL, the program's whole process group ends.
process.stdin.on("end", () => process.kill(0, "SIGTERM"));
process.stdin.on("error", () => process.kill(0, "SIGTERM"));
process.stdin.resume();
process.stdin.unref();
