import path from "node:path";
import { startChild } from "../../src/process/child.ts";

const STAY = path.join(import.meta.dirname, "stay.ts");
startChild(STAY, {
  args: process.argv.slice(2),
  env: process.env,
  stdio: ["pipe", "inherit", "inherit"],
  endsWithParent: true,
});
