import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const RULE = 'Plain, modern, active English: short sentences, and "they" for a user. See CONTRIBUTING.md, Words.';

/** Which files are held to the rule, as git's pathspecs. To widen it, add a line. */
const covered = [
  "*.md",
  "docs/**/*.md",
  ".env.example",
  ".github/**",
  "apps/**",
  "packages/*/*",
  "packages/*/src/**",
  "packages/*/test/**",
  "scripts/**",
  "tooling/**",
  "test/imports.test.ts",
  "prisma/*.prisma",
  "prisma.config.ts",
];

const oldStyle = [
  /\bwhom\b/,
  /\bwhoever\b/,
  /\b(some|every|any)body\b/,
  /\b(?<!user |constraint )nobody\b(?![`'"@])/, // but the user of that name, and quoted names
  /\bhe\b/,
  /\bhim(self)?\b/,
  /\bhis\b/,
  /\bbe it\b/,
  /\b(is|are|was|were) told (of|about|so)\b/,
  /\bsees? to it\b/,
  /\bas \w+ as may be\b/,
  /\banew\b/,
  /\b(go|goes|went|gone|going) on\b/,
  /\bcarr(y|ies|ied|ying) (it |them )?(on|over)\b/,
  /\bmend(s|ed|ing)?\b/,
  /\bgiv(e|es|en|ing) (it |them )?back\b/,
  /\bhand-over\b/,
  /\bin hand\b/,
  /\bat once\b/, // "immediately", or "at the same time"
  /\bunder way\b/,
  /\bfor ever\b/,
  /\bin vain\b/,
  /\bthe like\b/,
  /\b(fall|falls|fell|fallen) silent\b/,
];

const root = fileURLToPath(new URL("..", import.meta.url));

const PICTURE = /\.(png|webp)$/;

// As git sees the tree, so that generated and built files do not count.
const filesOf = (pathspec: string): string[] =>
  execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", `:(glob)${pathspec}`], { cwd: root })
    .toString()
    .split("\n")
    .filter((file) => file !== "" && !PICTURE.test(file));

const linesOf = (file: string) =>
  readFileSync(`${root}/${file}`, "utf8")
    .split("\n")
    .map((text, index) => ({ text, place: `${file}:${index + 1}` }));

describe.each(covered)("%s", (pathspec) => {
  const files = filesOf(pathspec);

  test("names files that exist", () => {
    expect(files).not.toEqual([]);
  });

  test("contains no words of the old style", () => {
    const found = files.flatMap(linesOf).flatMap(({ text, place }) =>
      oldStyle.flatMap(
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
