import path from "node:path";
import { type Rollcall, SyncError } from "@rollcall/sync";
import { createJiti } from "jiti";
import { z } from "zod/v4";
import { isUnconfigured } from "../exit-code.ts";
import { withoutSecrets } from "../without-secrets.ts";

const exported = z.object({
  rollcall: z.custom<Rollcall>(
    (value) => typeof value === "object" && value !== null && "applySnapshots" in value && "runs" in value,
  ),
});

/**
 * The object `rollcall` that a host's file exports. The file, and what it imports, run as in the host's server.
 *
 * @throws SyncError NOT_CONFIGURED if the file throws, or exports no such object; its message contains no secret
 */
export async function loadRollcall(file: string): Promise<Rollcall> {
  const name = path.relative(process.cwd(), file);
  // jiti and not tsx: it compiles for this one import without a change to the whole process, reads `paths` of the tsconfig
  // beside the file, and takes imports without an extension as a bundler does, whatever "type" the host's package.json says.
  const jiti = createJiti(file, {
    tsconfigPaths: true,
    jsx: true,
    // Outside of a bundler that knows React's server, the package only throws; many hosts do not even install it.
    virtualModules: { "server-only": {} },
  });
  let module: unknown;
  try {
    module = await jiti.import(file);
  } catch (error) {
    if (isUnconfigured(error)) throw error;
    throw new SyncError("NOT_CONFIGURED", `${name} cannot be loaded. ${said(error)}`);
  }
  const parsed = exported.safeParse(module);
  if (parsed.success) return parsed.data.rollcall;
  throw new SyncError(
    "NOT_CONFIGURED",
    `${name} exports no \`rollcall\`. Export what createRollcall returns: export const rollcall = createRollcall({ … })`,
  );
}

/** An error of the host's own code, and the line of that code. */
function said(error: unknown): string {
  if (!(error instanceof Error)) return withoutSecrets(String(error));
  const line = error.stack
    ?.split("\n")
    .filter((frame) => /^\s+at /.test(frame))
    .map((frame) => frame.trim().replace("file://", ""))
    .find((frame) => frame.includes(process.cwd()) && !frame.includes("node_modules"));
  return withoutSecrets(`${error.name}: ${error.message}${line === undefined ? "" : `\n  ${line}`}`);
}
