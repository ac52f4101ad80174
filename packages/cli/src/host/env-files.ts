import { existsSync } from "node:fs";
import path from "node:path";

/** Adds what `.env.local` and `.env` in a folder say to the environment. A variable that is already set wins, then the first file. */
export function readEnvFiles(folder: string): void {
  for (const name of [".env.local", ".env"]) {
    const file = path.join(folder, name);
    if (existsSync(file)) process.loadEnvFile(file);
  }
}
