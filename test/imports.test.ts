import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const RULE =
  "Imports run one way: scripts and apps may import every package; api -> auth -> app -> db and cli -> sync -> migrations. " +
  "What a host mounts (auth/mount, api/mount, api/http) imports only sync and auth/mount, and takes the rest as arguments. " +
  "sync takes its database and its Clerk credentials as arguments. Neither reads the environment.";

/** Which of our packages the code of each may import. */
const allowed: Record<string, string[]> = {
  "packages/migrations": [],
  "packages/sync": ["migrations"],
  "packages/cli": ["sync"],
  "packages/db": [],
  "packages/app": ["db", "sync"],
  "packages/auth": ["app", "sync"],
  "packages/api": ["auth", "app", "sync"],
  "packages/rollcall": ["auth", "api", "sync"],
};

const root = fileURLToPath(new URL("..", import.meta.url));

// As git sees the tree, so that generated and built files do not count.
const sources = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx"], {
  cwd: root,
})
  .toString()
  .split("\n")
  .filter((file) => file !== "" && !/(^|\/)test\//.test(file))
  .map((file) => ({ file, text: readFileSync(`${root}/${file}`, "utf8") }));

const ours = (text: string): string[] =>
  [...text.matchAll(/(?:from|import|import\()\s*["']@rollcall\/([^"'/]+)[^"']*["']/g)].flatMap(
    ([, name]) => name ?? [],
  );

const inPackage = (folder: string) => sources.filter(({ file }) => file.startsWith(`${folder}/`));

test.each(Object.entries(allowed))("%s imports only packages below it", (folder, names) => {
  const wrong = inPackage(folder).flatMap(({ file, text }) =>
    ours(text)
      .filter((name) => !names.includes(name))
      .map((name) => `${file} imports @rollcall/${name}`),
  );
  expect(wrong, RULE).toEqual([]);
});

test("no file reaches into another package past its exports", () => {
  const wrong = sources.flatMap(({ file, text }) => {
    const own = file.split("/").slice(0, 2).join("/");
    return [...text.matchAll(/from\s*["'](\.\.?\/[^"']+)["']/g)].flatMap(([, path]) => {
      const target = new URL(path ?? "", `file:///${file}`).pathname.slice(1);
      return /^(packages|apps|tooling)\//.test(target) && !target.startsWith(`${own}/`)
        ? [`${file} imports ${path}`]
        : [];
    });
  });
  expect(wrong, RULE).toEqual([]);
});

/** What a host mounts instead of this app's own: the files behind auth/mount, api/mount and api/http. */
const mounted = [
  ...inPackage("packages/auth/src").filter(({ file }) => file !== "packages/auth/src/app.ts"),
  ...inPackage("packages/api/src/mount"),
  ...inPackage("packages/api/src/http"),
];

test("the engine and what a host mounts read no environment", () => {
  const wrong = [...inPackage("packages/sync"), ...mounted].filter(({ text }) =>
    /process\.env|import\.meta\.env/.test(text),
  );
  expect(
    wrong.map(({ file }) => file),
    RULE,
  ).toEqual([]);
});

test("nothing but the write path writes the three tables", () => {
  const writing =
    /(insert\s+into|update|delete\s+from|merge\s+into|truncate)\s+(only\s+)?((rollcall\.)?"(ClerkUser|User|Customer)"|\$\{(users|customers)\})/i;
  const wrong = sources.filter(
    ({ file, text }) =>
      /^(packages|apps|scripts)\//.test(file) &&
      !file.includes("/e2e/") &&
      !file.startsWith("packages/sync/src/write-path/") &&
      writing.test(text),
  );
  expect(wrong.map(({ file }) => file)).toEqual([]);
});

test("what a host mounts contains nothing of this app", () => {
  const files = mounted.map(({ file }) => file);
  const isMounted = (file: string, specifier: string): boolean =>
    specifier.startsWith(".")
      ? files.includes(new URL(specifier, `file:///${file}`).pathname.slice(1))
      : !specifier.startsWith("@rollcall/") || /^@rollcall\/(sync(\/.+)?|auth\/mount)$/.test(specifier);
  const wrong = mounted.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:from|import|import\()\s*["']([^"']+)["']/g)].flatMap(([, specifier]) =>
      specifier === undefined || isMounted(file, specifier) ? [] : [`${file} imports ${specifier}`],
    ),
  );
  expect(files).toContain("packages/api/src/http/create-rollcall-handlers.ts");
  expect(wrong, RULE).toEqual([]);
});

/** What the package `rollcall` is compiled from. */
const published = [
  ...inPackage("packages/migrations"),
  ...inPackage("packages/sync"),
  ...inPackage("packages/cli"),
  ...inPackage("packages/rollcall/src"),
  ...mounted,
];

test("what is published uses the host's zod, 3.25 or 4", () => {
  const wrong = published.filter(({ text }) => /from "zod(?!\/v4")/.test(text));
  expect(
    wrong.map(({ file }) => file),
    'import { z } from "zod/v4"',
  ).toEqual([]);
});

test("shipped code imports no tooling", () => {
  const wrong = sources.flatMap(({ file, text }) =>
    /^(packages|apps|scripts)\//.test(file)
      ? ours(text)
          .filter((name) => ["clerk-emulator", "dev-stack", "prisma-engine", "bench", "mutants"].includes(name))
          .map((name) => `${file} imports @rollcall/${name}`)
      : [],
  );
  expect(wrong, RULE).toEqual([]);
});
