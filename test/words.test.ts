import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const RULE = 'Plain, modern, active English: short sentences, and "they" for a user. See CONTRIBUTING.md, Words.';

/** Which files are held to the rule, as git's pathspecs. To widen it, add a line. */
const covered = [
  "*.md",
  "docs/**/*.md",
  "packages/*/README.md",
  "tooling/*/README.md",
  ".env.example",
  ".github/**",
  "apps/nextjs/**",
  "packages/sync/src/*.ts",
  "packages/sync/test/*.ts",
  "packages/cli/**",
  "packages/sync/*/checks/**",
  "packages/sync/*/clerk/**",
  "packages/sync/*/database/**",
  "packages/sync/*/events/**",
  "packages/sync/*/freshness/**",
  "packages/sync/*/instance/**",
  "packages/sync/*/snapshot/**",
  "packages/sync/*/status/**",
  "packages/sync/*/webhook/**",
  "packages/sync/*/write-path/**",
  "scripts/**",
  "tooling/**",
  "packages/db/**",
  "packages/auth/test/**",
  "packages/api/test/**",
  "prisma/*.prisma",
];

const archaic = [
  /\bwhom\b/,
  /\bwhoever\b/,
  /\bsomebody\b/,
  /\bhe\b/,
  /\bhim(self)?\b/,
  /\bhis\b/,
  /\bbe it\b/,
  /\b(is|are|was|were) told (of|about)\b/,
  /\bsees? to it\b/,
  /\bas \w+ as may be\b/,
  /\banew\b/,
];

const root = fileURLToPath(new URL("..", import.meta.url));

// As git sees the tree, so that generated and built files do not count.
const filesOf = (pathspec: string): string[] =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", `:(glob)${pathspec}`], { cwd: root })
    .toString()
    .split("\n")
    .filter((file) => file !== "");

const linesOf = (file: string) =>
  readFileSync(`${root}/${file}`, "utf8")
    .split("\n")
    .map((text, index) => ({ text, place: `${file}:${index + 1}` }));

describe.each(covered)("%s", (pathspec) => {
  const files = filesOf(pathspec);

  test("names files that exist", () => {
    expect(files).not.toEqual([]);
  });

  test("holds no archaic words", () => {
    const found = files.flatMap(linesOf).flatMap(({ text, place }) =>
      archaic.flatMap(
        (word) =>
          new RegExp(word, "i")
            .exec(text)
            ?.slice(0, 1)
            .map((hit) => `${place}: ${hit}`) ?? [],
      ),
    );
    expect(found, RULE).toEqual([]);
  });
});
