import { existsSync } from "node:fs";
import path from "node:path";

/** Adds what `.env.local` and `.env` in a folder say to the environment. What is set already stands, and the first file wins. */
export function readEnvFiles(folder: string): void {
  for (const name of [".env.local", ".env"]) {
    const file = path.join(folder, name);
    if (existsSync(file)) process.loadEnvFile(file);
  }
}
