// Writes the registry into the npm package, so that an app installs the dashboard of the version that it has.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { blocks } from "./blocks.ts";
import { registryItem } from "./registry-item.ts";
import { repositoryRoot } from "./sources.ts";

const folder = path.join(repositoryRoot, "packages/rollcall/registry");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const block of blocks) {
  const item = registryItem(block);
  const file = path.join(folder, `${item.name}.json`);
  writeFileSync(file, `${JSON.stringify(item, null, 2)}\n`);
  console.log(`${path.relative(repositoryRoot, file)}: ${item.files.length} files, ${item.dependencies.join(" ")}`);
}
