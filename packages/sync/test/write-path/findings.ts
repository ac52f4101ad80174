import { expect } from "vitest";
import { SyncError } from "../../src/index.ts";
import type { Host } from "./host.ts";

/** What is wrong with the tables, a line each. */
export async function findings(host: Host): Promise<string[]> {
  const error: unknown = await host.writePath.checkTables().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(SyncError);
  if (!(error instanceof SyncError)) throw error;
  expect(error.code).toBe("SCHEMA_MISMATCH");
  return error.message.split("\n");
}

/** The statement that a finding prints: all that follows its last colon. */
export const printed = (finding: string) => finding.slice(finding.lastIndexOf(": ") + 2);
