import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const CONFIG = fileURLToPath(new URL("../vitest.config.ts", import.meta.url));
const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));

const reportSchema = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string(), title: z.string() })),
    }),
  ),
});

export type TestRun =
  | { outcome: "passed"; tests: number }
  /** `by`: the first test that failed, or the file that did not load. */
  | { outcome: "failed"; by: string };

/** Runs test files against the write path with one mutant in it, or with none. */
export async function runTests(files: string[], mutant?: string): Promise<TestRun> {
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-mutants-"));
  try {
    const output = path.join(folder, "report.json");
    const args = ["run", "--config", CONFIG, "--reporter=json", `--outputFile=${output}`, ...files];
    const child = spawn(process.execPath, [VITEST, ...args], {
      env: { ...process.env, ...(mutant && { MUTANT: mutant }) },
      stdio: "ignore",
    });
    await once(child, "exit");
    const report = reportSchema.parse(JSON.parse(await readFile(output, "utf8")));
    const failures = report.testResults.flatMap(({ name, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === "failed")
        .map(({ title }) => `${path.basename(name)}: ${title}`),
    );
    const unloaded = report.testResults.find(({ status }) => status === "failed");
    const by = failures[0] ?? (unloaded && `${path.basename(unloaded.name)}: does not load`);
    return by === undefined ? { outcome: "passed", tests: report.numPassedTests } : { outcome: "failed", by };
  } finally {
    await rm(folder, { recursive: true });
  }
}
