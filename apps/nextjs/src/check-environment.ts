import { readEnvironment } from "@rollcall/app/environment";

try {
  readEnvironment();
} catch (error) {
  // Next would start and answer every request with an error. A server that cannot work should not start.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
