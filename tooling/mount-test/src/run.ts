// Mounts the packed package in fresh apps, as docs/mount.md says, and checks that it works there.
//
//   pnpm test:mount [--host t3-prisma|t3-prisma-7|t3-drizzle]     default: t3-prisma-7; all of them with DEEP=1
//
// It needs a package registry and nothing else of the net. For that the hosts differ in three ways from what their
// makers would have: scripts of packages do not run (Prisma would download engines), Prisma's engines are those in
// WebAssembly, and the font of create-t3-app's page comes from this machine.

import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { emulatedClerk } from "./clerk.ts";
import { readGuide } from "./guide.ts";
import { type HostRecipe, hosts } from "./hosts.ts";
import { type HostApp, makeHost, PNPM } from "./make-host.ts";
import { hostDatabase, proveEndpoints, proveFullRun, proveMounted, proveWebhook } from "./prove.ts";
import { proveDashboard } from "./prove-dashboard.ts";
import { writeRows } from "./rows.ts";
import { run, serve } from "./shell.ts";
import { repositoryRoot, type Stack, startStack } from "./stack.ts";

const { values: options } = parseArgs({
  options: { host: { type: "string" }, keep: { type: "boolean", default: false } },
});
const wanted = hosts.filter(
  ({ name }) => options.host === name || (!options.host && (process.env.DEEP === "1" || name === "t3-prisma-7")),
);
if (wanted.length === 0)
  throw new Error(`There is no host ${options.host}: ${hosts.map(({ name }) => name).join(", ")}`);

/** Says what is done, and how long it took. */
async function step<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  const beganAt = performance.now();
  const result = await work().catch((error: unknown) => {
    throw new Error(`Failed: ${what}`, { cause: error });
  });
  console.log(`  ${((performance.now() - beganAt) / 1_000).toFixed(1).padStart(6)} s  ${what}`);
  return result;
}

const folder = realpathSync(mkdtempSync(path.join(tmpdir(), "rollcall-mount-")));
try {
  const tarball = await step("pack", () => pack(folder));
  await using stack = await step("start Postgres and Clerk", startStack);
  for (const recipe of wanted) {
    console.log(`${recipe.name}: ${recipe.title}`);
    const beganAt = performance.now();
    await mountIn(recipe, stack, tarball);
    console.log(`  ${((performance.now() - beganAt) / 60_000).toFixed(1)} minutes`);
  }
} finally {
  if (options.keep) console.log(`Kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}

async function pack(target: string): Promise<string> {
  await run("npx", [...PNPM, "--filter", "rollcall", "pack", "--pack-destination", target], { cwd: repositoryRoot });
  const name = readdirSync(target).find((file) => file.endsWith(".tgz"));
  if (!name) throw new Error("pnpm pack made no package");
  return path.join(target, name);
}

async function mountIn(recipe: HostRecipe, stack: Stack, tarball: string): Promise<void> {
  const read = (name: string) => readGuide(readFileSync(path.join(repositoryRoot, "docs", name), "utf8"), recipe.name);
  const guide = read("mount.md");
  const dashboardGuide = read("dashboard.md");
  const clerk = emulatedClerk(stack);
  const member = stack.variable("MEMBER_USER_ID");
  const databaseUrl = await stack.createDatabase(recipe.name);

  const app = await step("make the app", () => makeHost(recipe, folder, stack, databaseUrl));
  await step("make its tables, with 1,000 users", async () => {
    for (const command of recipe.prepare) await app.tool(command);
    await writeRows(recipe, databaseUrl, await clerk.users());
  });

  await step("install the package", async () => {
    const before = await megabytes(app);
    await install(app, tarball, guide.commands("1. Install"));
    console.log(`            ${((await megabytes(app)) - before).toFixed(1)} MB more in node_modules`);
  });
  await step("rollcall init", () => runAll(app, guide.commands("2. Write the files")));
  await step("apply docs/mount.md", async () => {
    const applied = guide.apply(app.folder);
    console.log(
      `            ${applied.map(({ path, wasThere }) => `${path} ${wasThere ? "(init)" : "(by hand)"}`).join(", ")}`,
    );
    await app.tool(recipe.push);
  });
  await step("apply docs/dashboard.md", async () => {
    await install(app, tarball, dashboardGuide.commands("1. Install"));
    for (const command of dashboardGuide.commands("2. Add"))
      await app.shadcn(command.replace(/^npx shadcn@latest /, ""));
    dashboardGuide.apply(app.folder);
  });
  const bringIn = guide.commands("4. Bring your users in");
  const commands = (name: string) => bringIn.filter((line) => line.startsWith(`npx rollcall ${name}`));
  await step("migrate", async () => {
    await runAll(app, commands("migrate"));
    // A Clerk on this machine is not trusted with rows that have Clerk's ids, until someone says so.
    await app.tool(["rollcall", "adopt"]);
  });
  await step("adopt", () => runAll(app, commands("adopt")));
  await step("build", () => app.tool(["next", "build"]));

  const port = new URL(app.origin).port;
  await using _server = await step("start", () =>
    serve(path.join(app.folder, "node_modules/.bin/next"), ["start", "-p", port], /Ready in/, { cwd: app.folder }),
  );
  await step("signed-in users have their rows, and a customer", () => proveMounted(recipe, app, clerk, member));
  await step("the webhook brings changes", () => proveWebhook(recipe, app, clerk, member));
  await step("a full run", async () => {
    await runAll(app, commands("sync"));
    await proveFullRun(recipe, app, clerk);
  });
  const admin = stack.variable("ADMIN_USER_ID");
  await step("the dashboard, for an admin and for a member", () => proveDashboard(app, clerk, { admin, member }));
  await step("health and the schedule", () => proveEndpoints(app, stack.variable("CRON_SECRET")));
  await step("rollcall check finds nothing", () => app.tool(["rollcall", "check", "--url", app.origin]));
  await step("the host's own tool leaves Rollcall's tables alone", async () => {
    const { followed } = hostDatabase(recipe, app);
    const before = await followed();
    await app.tool(recipe.push);
    if ((await followed()) !== before) throw new Error("Rows of Rollcall's were lost");
  });
}

/** The commands of the guide; the package itself comes from the tarball instead of a registry. */
async function install({ folder }: HostApp, tarball: string, commands: string[]): Promise<void> {
  for (const command of commands) {
    const packages = command
      .replace(/^npm install /, "")
      .split(" ")
      .map((name) => (name === "rollcall" ? tarball : name));
    await run("npx", [...PNPM, "add", "--ignore-scripts", "--prefer-offline", ...packages], { cwd: folder });
  }
}

async function megabytes({ folder }: HostApp): Promise<number> {
  return Number.parseInt(await run("du", ["-sk", "node_modules"], { cwd: folder }), 10) / 1_024;
}

async function runAll(app: HostApp, commands: string[]): Promise<void> {
  if (commands.length === 0) throw new Error("docs/mount.md names no commands here");
  for (const command of commands) await app.tool(command.replace(/^npx /, "").split(" "));
}
