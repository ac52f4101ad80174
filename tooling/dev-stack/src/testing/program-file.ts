import path from "node:path";
import { inject } from "vitest";
import type { ProgramName } from "./program-bundles.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder of the bundled programs. Given by the global setup. */
    programs: string;
  }
}

/** The bundle of a program, for `node <file>`. */
export const programFile = (name: ProgramName): string => path.join(inject("programs"), `${name}.mjs`);
