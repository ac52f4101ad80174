import { readEnvironment } from "@rollcall/auth/environment";

try {
  readEnvironment();
} catch (error) {
  // Next would go on and answer every request with an error: a server that cannot work had better not start.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
