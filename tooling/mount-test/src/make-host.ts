import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { z } from "zod";
import type { HostRecipe } from "./hosts.ts";
import { run } from "./shell.ts";
import { repositoryRoot, type Stack } from "./stack.ts";

const CREATE_T3_APP = "create-t3-app@7.40.0";
const SHADCN = "shadcn@4.23.1";
const FILES = path.join(repositoryRoot, "tooling/mount-test/hosts");
export const PNPM = ["-y", "pnpm@10"];

export interface HostApp {
  folder: string;
  databaseUrl: string;
  /** Where it answers once it runs. */
  origin: string;
  /** Runs one of its tools: a bin of its dependencies. */
  tool(command: string[], options?: { accept?: number[] }): Promise<string>;
  /** Runs a command of shadcn's CLI. */
  shadcn(command: string): Promise<string>;
}

/** The app as its team has it, installed, with its own tables; its Clerk is the emulator. */
export async function makeHost(
  recipe: HostRecipe,
  parent: string,
  stack: Stack,
  databaseUrl: string,
): Promise<HostApp> {
  const folder = path.join(parent, recipe.name);
  const scaffold = ["--CI", "--appRouter", "--tailwind", "--dbProvider", "postgres", "--noInstall", "--noGit"];
  await run("npx", [...PNPM, "dlx", CREATE_T3_APP, recipe.name, ...scaffold, ...recipe.scaffold], { cwd: parent });
  for (const overlay of recipe.overlays) cpSync(path.join(FILES, overlay), folder, { recursive: true });
  if (recipe.overlays.includes("t3-prisma-7")) moveToNext16(folder);
  addDependencies(folder, recipe);
  const origin = `http://localhost:${await freePort()}`;
  writeFileSync(path.join(folder, ".env"), environmentFile(stack, databaseUrl));
  // Scripts of packages would download Prisma's engines. Of the versions that fit, those at hand are taken.
  await run("npx", [...PNPM, "install", "--ignore-scripts", "--prefer-offline"], { cwd: folder });
  const tool: HostApp["tool"] = (command, options = {}) =>
    run("npx", ["--no-install", ...command], {
      cwd: folder,
      env: { ...recipe.toolEnvironment, ...fontsAtHand(parent) },
      ...options,
    });
  const shadcn = (command: string) =>
    run("npx", [...PNPM, "dlx", SHADCN, ...command.split(" "), "--yes"], {
      cwd: folder,
      env: { npm_config_ignore_scripts: "true", npm_config_prefer_offline: "true" },
    });
  return { folder, databaseUrl, origin, tool, shadcn };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (typeof address !== "object" || address === null) throw new Error("No port is free");
  return address.port;
}

/** What `npx @next/codemod upgrade` would have done. */
function moveToNext16(folder: string): void {
  const file = path.join(folder, "src/trpc/react.tsx");
  const text = readFileSync(file, "utf8");
  writeFileSync(file, text.replaceAll("import { type AppRouter }", "import type { AppRouter }"));
  rmSync(path.join(folder, "src/middleware.ts")); // proxy.ts since
}

const manifestSchema = z.looseObject({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});

function addDependencies(folder: string, { dependencies, devDependencies }: HostRecipe): void {
  const file = path.join(folder, "package.json");
  const manifest = manifestSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  Object.assign(manifest.dependencies, dependencies);
  Object.assign(manifest.devDependencies, devDependencies);
  writeFileSync(file, JSON.stringify(manifest, null, 2));
}

/** The host's `.env`: its database, and the keys of its Clerk, whose addresses are the emulator's. */
function environmentFile(stack: Stack, databaseUrl: string): string {
  const names = [
    "CLERK_SECRET_KEY",
    "CLERK_API_URL",
    "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
    "NEXT_PUBLIC_CLERK_PROXY_URL",
    "NEXT_PUBLIC_CLERK_JS_URL",
    "NEXT_PUBLIC_CLERK_UI_URL",
    "CLERK_WEBHOOK_SIGNING_SECRET",
    "CRON_SECRET",
    "ADMIN_EMAIL",
  ];
  const lines = names.map((name) => `${name}="${stack.variable(name)}"\n`).join("");
  return `DATABASE_URL="${databaseUrl}"\n${lines}`;
}

const FONT = "https://fonts.googleapis.com/css2?family=Geist:wght@100..900&display=swap";

/** create-t3-app's page asks Google for a font when it is built: this answers instead. */
function fontsAtHand(parent: string): Record<string, string> {
  const file = path.join(parent, "fonts.cjs");
  mkdirSync(parent, { recursive: true });
  const font = "@font-face { font-family: Geist; font-style: normal; font-weight: 100 900; src: local('Arial') }";
  writeFileSync(file, `module.exports = ${JSON.stringify({ [FONT]: font })};\n`);
  return { NEXT_FONT_GOOGLE_MOCKED_RESPONSES: file };
}
