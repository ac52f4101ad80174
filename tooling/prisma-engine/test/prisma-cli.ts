import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { programFile } from "@rollcall/dev-stack/testing/program-file";

const cli = createRequire(import.meta.url).resolve("prisma/build/index.js");
const repository = fileURLToPath(new URL("../../..", import.meta.url));

export interface CliResult {
  exitCode: number | null;
  /** Its standard output, followed by its standard error. */
  output: string;
}

/** A folder with a `prisma.config.ts`, in which Prisma's own CLI runs with our engine. */
export interface PrismaProject extends AsyncDisposable {
  readonly folder: string;
  /** Runs `prisma <words>` on the database of `url`, without a terminal. */
  prisma(url: string | undefined, ...words: string[]): Promise<CliResult>;
  /** Writes one more migration. */
  addMigration(name: string, sql: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** This repository itself. Its configuration is TypeScript with imports, which costs each start of the CLI another second. */
export const thisRepository: Pick<PrismaProject, "prisma"> = {
  prisma: (url, ...words) => run(repository, url, words),
};

/** A copy of this repository's schema and migrations, with a minimal configuration. */
export async function copyProject(): Promise<PrismaProject> {
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-prisma-"));
  await cp(path.join(repository, "prisma"), path.join(folder, "prisma"), { recursive: true });
  await writeFile(
    path.join(folder, "prisma.config.ts"),
    `const url = process.env.POSTGRES_URL;
     export default { schema: "prisma", migrations: { path: "prisma/migrations" }, ...(url && { datasource: { url } }) };`,
  );
  return {
    folder,
    prisma: (url, ...words) => run(folder, url, words),
    async addMigration(name, sql) {
      const directory = path.join(folder, "prisma/migrations", name);
      await mkdir(directory);
      await writeFile(path.join(directory, "migration.sql"), sql);
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

async function run(cwd: string, url: string | undefined, words: string[]): Promise<CliResult> {
  const child = spawn(process.execPath, [cli, ...words], {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      // Set, even if empty, so that a developer's .env does not send a test to their database.
      POSTGRES_URL: url ?? "",
      POSTGRES_URL_NON_POOLING: "",
      PRISMA_SCHEMA_ENGINE_BINARY: programFile("schema-engine"),
      // Otherwise the CLI asks Prisma's server for newer versions.
      CHECKPOINT_DISABLE: "1",
      NO_COLOR: "1",
    },
  });
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [exitCode, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { exitCode, output: stdout + stderr };
}
