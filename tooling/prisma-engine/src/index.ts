import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getEnginesPath } from "@prisma/engines";
import { getBinaryTargetForCurrentPlatform } from "@prisma/get-platform";

/**
 * The schema engine that Prisma's CLI is to run on this machine: Prisma's own where it was downloaded, else ours, which
 * needs no download. Give it to the CLI as `PRISMA_SCHEMA_ENGINE_BINARY`; an engine that is named there already wins.
 *
 * @param downloads where @prisma/engines keeps what it downloaded.
 */
export async function schemaEngineBinary(downloads: string = getEnginesPath()): Promise<string> {
  const downloaded = join(downloads, `schema-engine-${await getBinaryTargetForCurrentPlatform()}`);
  return existsSync(downloaded) ? downloaded : fileURLToPath(new URL("../bin/schema-engine.mjs", import.meta.url));
}
