import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Bench } from "../scenario.ts";
import { type Spread, spreadOf } from "../spread.ts";

const ROUNDS = 9;
const LONGEST_MS = 120_000;
const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

export interface CommandStart {
  command: string;
  /** Whether Node starts it by itself: no package manager, no compiler. */
  byNode: boolean;
  /** Until it connects to its database, which is the first that it does. */
  ms: Spread;
}

interface Command {
  command: string;
  byNode: boolean;
  folder: string;
  run: [program: string, ...args: string[]];
}

/** How long `sync` takes to start, by each way to start it. */
export async function measureCommandStart({ rounds: roundsOf, tell }: Bench): Promise<CommandStart[]> {
  tell("command-start, builds");
  build("scripts", "build.ts");
  build("packages/rollcall", "build.ts");
  const host = mkdtempSync(path.join(tmpdir(), "rollcall-bench-host-"));
  try {
    writeFileSync(path.join(host, "rollcall.ts"), rollcallFile());
    const bin = path.join(ROOT, "packages/rollcall/dist/cli/src/bin.js");
    const commands: Command[] = [
      { command: "npx -y pnpm@10 sync:all", byNode: false, folder: ROOT, run: ["npx", "-y", "pnpm@10", "sync:all"] },
      {
        command: "node --import tsx scripts/sync-all-users.ts",
        byNode: false,
        folder: ROOT,
        run: [process.execPath, "--import", "tsx", "scripts/sync-all-users.ts"],
      },
      {
        command: "node scripts/dist/sync-all-users.mjs",
        byNode: true,
        folder: ROOT,
        run: [process.execPath, "scripts/dist/sync-all-users.mjs"],
      },
      { command: "node …/rollcall/…/bin.js sync", byNode: true, folder: host, run: [process.execPath, bin, "sync"] },
    ];
    const times = new Map<Command, number[]>(commands.map((command) => [command, []]));
    for (let round = 0; round <= roundsOf(ROUNDS); round++) {
      tell(`command-start, round ${round} of ${roundsOf(ROUNDS)}`);
      for (const [command, measured] of times) {
        const ms = await startOf(command);
        if (round > 0) measured.push(ms); // the first one reads the files
      }
    }
    return [...times].map(([{ command, byNode }, measured]) => ({ command, byNode, ms: spreadOf(measured) }));
  } finally {
    rmSync(host, { recursive: true, force: true });
  }
}

/** In ms, until it opens its first connection. Then it is killed. */
async function startOf({ folder, run: [program, ...args], command }: Command): Promise<number> {
  const server = createServer((socket) => socket.destroy());
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server listens on no port");
  const connected = once(server, "connection", { signal: AbortSignal.timeout(LONGEST_MS) });
  const start = performance.now();
  const child = spawn(program, args, {
    cwd: folder,
    env: {
      ...process.env,
      POSTGRES_URL: `postgresql://bench@127.0.0.1:${address.port}/bench`,
      POSTGRES_URL_NON_POOLING: "",
      CLERK_SECRET_KEY: "sk_test_bench",
      CLERK_API_URL: `http://127.0.0.1:${address.port}`,
    },
    stdio: ["ignore", "ignore", "ignore"],
    detached: true,
  });
  const exited = once(child, "exit");
  try {
    await connected;
    return performance.now() - start;
  } catch (cause) {
    throw new Error(`${command} did not connect to its database`, { cause });
  } finally {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    await exited;
    server.close();
  }
}

function build(folder: string, file: string): void {
  const cwd = path.join(ROOT, folder);
  const PATH = [path.join(cwd, "node_modules/.bin"), process.env.PATH].join(path.delimiter);
  execFileSync(process.execPath, ["--import", "tsx", file], { cwd, env: { ...process.env, PATH }, stdio: "inherit" });
}

/** What a host exports: over a pool of `pg`. */
function rollcallFile(): string {
  const resolve = (name: string) => JSON.stringify(createRequire(import.meta.url).resolve(name));
  const built = (name: string) => JSON.stringify(path.join(ROOT, "packages/rollcall/dist/rollcall/src", name));
  return `import pg from ${resolve("pg")};
import { createRollcall } from ${built("index.js")};
import { pgDatabase } from ${built("pg.js")};

const connectionString = process.env.POSTGRES_URL;
export const rollcall = createRollcall({
  db: pgDatabase(new pg.Pool({ connectionString })),
  connectionString,
  clerk: { secretKey: process.env.CLERK_SECRET_KEY ?? "", apiUrl: process.env.CLERK_API_URL },
});
`;
}
