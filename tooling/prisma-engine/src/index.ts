import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getEnginesPath } from "@prisma/engines";
import { getBinaryTargetForCurrentPlatform } from "@prisma/get-platform";

/**
 * The schema engine for Prisma's CLI on this machine: Prisma's own if it was downloaded, otherwise ours, which needs no download.
 * Pass it to the CLI as `PRISMA_SCHEMA_ENGINE_BINARY`; an engine that is already named there wins.
 *
 * @param downloads the download folder of @prisma/engines.
 */
export async function schemaEngineBinary(downloads: string = getEnginesPath()): Promise<string> {
  const downloaded = join(downloads, `schema-engine-${await getBinaryTargetForCurrentPlatform()}`);
  return existsSync(downloaded) ? downloaded : fileURLToPath(new URL("../bin/schema-engine.mjs", import.meta.url));
}
