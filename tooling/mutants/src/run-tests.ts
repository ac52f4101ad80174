import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const CONFIG = fileURLToPath(new URL("../vitest.config.ts", import.meta.url));
const VITEST = fileURLToPath(new URL("../node_modules/vitest/vitest.mjs", import.meta.url));
const LONGEST_FILE_MS = 5 * 60_000;

const reportSchema = z.object({
  numPassedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({ status: z.string(), title: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

export type TestRun =
  | { outcome: "passed"; tests: number }
  /** `by`: the first test that failed. */
  | { outcome: "failed"; by: string }
  /** No test noticed it: the result is no longer a valid program or valid SQL. */
  | { outcome: "broken"; why: string };

/** Runs test files (below packages/sync/test) against the engine with one mutant, or with none. */
export async function runTests(files: readonly string[], mutant?: string): Promise<TestRun> {
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-mutants-"));
  try {
    const output = path.join(folder, "report.json");
    const filters = files.map((file) => `packages/sync/test/${file}`);
    const args = ["run", "--config", CONFIG, "--reporter=json", `--outputFile=${output}`, ...filters];
    const child = spawn(process.execPath, [VITEST, ...args], {
      env: { ...process.env, ...(mutant && { MUTANT: mutant }) },
      stdio: "ignore",
      timeout: files.length * LONGEST_FILE_MS,
    });
    await once(child, "exit");
    // Vitest catches the signal, and leaves without a report.
    if (!existsSync(output)) return { outcome: "broken", why: "the tests did not end in time" };
    return read(await readFile(output, "utf8"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

// A statement that PostgreSQL cannot parse (class 42), or an unknown name, fails every test. 42P05 is about the name of a prepared
// statement, not its text.
const NONSENSE = /SQLSTATE 42(?!P05)\w{3}|(Reference|Syntax|Type)Error: [^\n]*/;

function read(json: string): TestRun {
  const { numPassedTests, testResults } = reportSchema.parse(JSON.parse(json));
  const failed = testResults
    .flatMap(({ name, assertionResults }) =>
      assertionResults.map((result) => ({ ...result, file: path.basename(name) })),
    )
    .find(({ status }) => status === "failed");
  const unloaded = testResults.find(({ status }) => status === "failed");
  const nonsense = (failed?.failureMessages ?? [unloaded?.message ?? ""]).join("\n").match(NONSENSE)?.[0];
  if (nonsense) return { outcome: "broken", why: nonsense };
  if (failed) return { outcome: "failed", by: `${failed.file}: ${failed.title}` };
  if (unloaded) return { outcome: "broken", why: `${path.basename(unloaded.name)} does not load: ${unloaded.message}` };
  return { outcome: "passed", tests: numPassedTests };
}
