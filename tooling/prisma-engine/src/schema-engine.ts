import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import * as glue from "@prisma/schema-engine-wasm/schema_engine_bg";
import type { MigrationDatabase } from "./migration-database.ts";

declare global {
  /** Where the engine stores the reason of a panic before it traps. */
  var PRISMA_WASM_PANIC_REGISTRY: { set_message(message: string): void };
}

/** The commit of Prisma's engines that the module was built from. */
export async function schemaEngineVersion(): Promise<string> {
  await instantiate();
  return glue.version();
}

/**
 * Prisma's schema engine, compiled to WebAssembly, on a database that exists and answers.
 *
 * @param schemaFiles paths of the schema's files, read here.
 * @param onPanic is called with the reason before the engine traps; afterwards it cannot be used.
 */
export async function openSchemaEngine(
  database: MigrationDatabase,
  schemaFiles: string[],
  onPanic: (reason: string) => void,
): Promise<glue.SchemaEngine> {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: onPanic };
  await instantiate();
  const files = schemaFiles.map((path): [string, string] => [path, readFileSync(path, "utf8")]);
  // `migrate diff` names none; the engine treats an empty list as an error.
  const datamodels = files.length > 0 ? files : undefined;
  const log = () => {};
  return glue.SchemaEngine.new({ datamodels }, log, bindMigrationAwareSqlAdapterFactory(database));
}

/** The package's own entry is for bundlers, which know how to import a `.wasm`; Node 20 does not. */
async function instantiate(): Promise<void> {
  const file = createRequire(import.meta.url)
    .resolve("@prisma/schema-engine-wasm/schema_engine_bg")
    .replace(/\.js$/, ".wasm");
  const imports = { "./schema_engine_bg.js": { ...glue } };
  const { instance } = await WebAssembly.instantiate(readFileSync(file), imports);
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === "function") start();
}
