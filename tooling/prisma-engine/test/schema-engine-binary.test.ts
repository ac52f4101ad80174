import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { getBinaryTargetForCurrentPlatform } from "@prisma/get-platform";
import { schemaEngineBinary } from "@rollcall/prisma-engine";
import { expect, test } from "vitest";

test("Prisma's own engine is used if it was downloaded for this platform, otherwise ours", async () => {
  const downloads = await mkdtemp(path.join(tmpdir(), "rollcall-engines-"));
  try {
    await writeFile(path.join(downloads, "schema-engine-of-another-platform"), "");
    expect(await schemaEngineBinary(downloads)).toMatch(/prisma-engine\/bin\/schema-engine\.mjs$/);

    const own = path.join(downloads, `schema-engine-${await getBinaryTargetForCurrentPlatform()}`);
    await writeFile(own, "");
    expect(await schemaEngineBinary(downloads)).toBe(own);
  } finally {
    await rm(downloads, { recursive: true });
  }
});
