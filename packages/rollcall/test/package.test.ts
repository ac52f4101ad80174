import { type ExecFileException, execFile } from "node:child_process";
import { cpSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installed, type Packed, pack } from "./pack.ts";

const run = promisify(execFile);

/** What a program printed that ended with an error; null where it ended well. */
const outputOfFailure = (running: Promise<unknown>): Promise<string | null> =>
  running.then(
    () => null,
    ({ stdout, message }: ExecFileException) => stdout || message,
  );

let packed: Packed;
beforeAll(() => {
  packed = pack();
}, 300_000);
afterAll(() => packed[Symbol.dispose]());

describe("what is published", () => {
  test("publint finds nothing", async () => {
    const file = readFileSync(packed.tarball);
    const tarball = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("every entry's types are found by Node's rules and by a bundler's", async () => {
    const cli = join(installed("@arethetypeswrong/cli"), "dist/index.js");
    const check = run(process.execPath, [cli, packed.tarball, "--profile", "esm-only", "--no-color"]);
    expect(await outputOfFailure(check)).toBeNull();
  });

  test("source maps hold their sources, and no file names a package that is not published", () => {
    const dist = join(packed.folder, "dist");
    const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).map((file) => ({
      file,
      text: () => readFileSync(join(dist, file), "utf8"),
    }));
    const scripts = files.filter(({ file }) => file.endsWith(".js"));
    const withoutSource = scripts.filter(({ file }) => {
      const map = files.find((other) => other.file === `${file}.map`);
      return !map?.text().includes('"sourcesContent":["');
    });
    const code = files.filter(({ file }) => /\.(js|d\.ts)$/.test(file));
    const foreign = code.filter(({ text }) => /(from|import\()\s*"@rollcall\//.test(text()));

    expect(scripts.length).toBeGreaterThan(100);
    expect(withoutSource).toEqual([]);
    expect(foreign).toEqual([]);
  });
});

describe("in plain Node", () => {
  /** What a program of the host prints. */
  async function output(host: string, program: string): Promise<unknown> {
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", program], { cwd: host });
    return JSON.parse(stdout);
  }
  const namesOf = (entries: string[]) =>
    `const names = {};
     for (const entry of ${JSON.stringify(entries)}) names[entry] = Object.keys(await import(entry));
     console.log(JSON.stringify(names));`;

  test.each([
    ["4", "zod"],
    ["3.25", "zod-3-25"],
  ])("every entry loads with the dependencies that are declared, over the host's zod %s", async (_version, zod) => {
    const host = packed.install({ "@trpc/server": "@trpc/server", zod });

    expect(await output(host, namesOf(packed.entries))).toEqual({
      rollcall: expect.arrayContaining(["createRollcall", "migrate", "SyncError", "toSnapshot"]),
      "rollcall/trpc": expect.arrayContaining(["createRollcallTRPC", "createTRPCHandler"]),
      "rollcall/next": expect.arrayContaining(["createRollcallAuth", "createRollcallHandlers"]),
      "rollcall/prisma": ["prismaDatabase", "statementNameGenerator"],
      "rollcall/pg": ["pgDatabase"],
      "rollcall/postgres-js": ["postgresJsDatabase"],
    });
  });

  test("a host without tRPC and Next verifies sessions and answers requests", async () => {
    const host = packed.install();
    const program = `
      import { createRollcall } from "rollcall";
      import { createRollcallAuth, createRollcallHandlers } from "rollcall/next";
      import { pgDatabase } from "rollcall/pg";
      import pg from "pg";
      const db = pgDatabase(new pg.Pool({ connectionString: "postgresql://127.0.0.1:1/none" }));
      const rollcall = createRollcall({ db, clerk: { secretKey: "sk_test_none", apiUrl: "http://127.0.0.1:1" } });
      const auth = createRollcallAuth(rollcall, { publishableKey: "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k" });
      const { all } = createRollcallHandlers(rollcall, auth);
      const caller = await auth.getCaller(new Headers({ host: "localhost" }));
      const answer = await all(new Request("http://localhost/api/rollcall/sync-current-user"));
      console.log(JSON.stringify({ caller, status: answer.status, ...(await answer.json()) }));`;

    expect(await output(host, program)).toMatchObject({
      caller: null,
      status: 401,
      error: { code: "UNAUTHENTICATED" },
    });
  });
});

describe("the types", () => {
  /** What the compiler says of a host's files, where it also checks the declarations of all libraries. */
  async function faults(
    typescript: string,
    files: string,
    others: Record<string, string>,
    rules: { module: string; moduleResolution: string },
  ): Promise<string | null> {
    const host = packed.install({ "@types/node": "@types/node", ...others });
    cpSync(fileURLToPath(new URL(`hosts/${files}`, import.meta.url)), join(host, "src"), { recursive: true });
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: "es2022",
      lib: ["es2022", "dom", "dom.iterable"],
      ...rules,
      types: ["node"],
      skipLibCheck: false,
      skipDefaultLibCheck: true,
    };
    writeFileSync(join(host, "package.json"), JSON.stringify({ type: "module" }));
    writeFileSync(join(host, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["src"] }));
    const compiler = join(installed(typescript), "bin/tsc");
    return outputOfFailure(run(process.execPath, [compiler, "-p", host]));
  }

  const bundlers = { module: "esnext", moduleResolution: "bundler" };
  const nodes = { module: "nodenext", moduleResolution: "nodenext" };

  describe.each([
    ["5.9", "typescript-5-9"],
    ["7", "typescript"],
  ])("TypeScript %s", (_name, typescript) => {
    test.each([
      ["11.0", "trpc-server-11-0"],
      ["11.19", "trpc-server-11-19"],
      ["the newest 11", "@trpc/server"],
    ])("fit a host on tRPC %s, and refuse a wrong context", async (_version, trpc) => {
      expect(await faults(typescript, "with-trpc", { "@trpc/server": trpc }, bundlers)).toBeNull();
    });

    test("need no tRPC where a host has none", async () => {
      expect(await faults(typescript, "without-trpc", {}, nodes)).toBeNull();
    });
  });
});
