import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { init } from "@rollcall/cli";
import { describe, expect, test } from "vitest";
import { readGuide } from "../src/guide.ts";
import { repositoryRoot } from "../src/stack.ts";

const markdown = readFileSync(path.join(repositoryRoot, "docs/mount.md"), "utf8");

function copyHost(name: string): { root: string } & Disposable {
  const root = mkdtempSync(path.join(tmpdir(), "rollcall-guide-"));
  cpSync(path.join(repositoryRoot, "packages/cli/test/init/hosts", name), root, { recursive: true });
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) };
}

const mountByCommand = (root: string) => init(["--yes"], { root, write() {}, writeError() {}, ask: null });

describe.each([
  { name: "t3-prisma", byHand: ["prisma/schema.prisma", "src/server/api/routers/post.ts"] },
  { name: "t3-drizzle", byHand: ["src/app/api/me/route.ts"] },
])("docs/mount.md, for $name", ({ name, byHand }) => {
  test("shows exactly what init writes, and what is left to do by hand", async () => {
    using host = copyHost(name);
    await mountByCommand(host.root);

    const applied = readGuide(markdown, name).apply(host.root);

    expect(applied.length).toBeGreaterThan(byHand.length);
    expect(applied.filter(({ wasThere }) => !wasThere).map(({ path }) => path)).toEqual(byHand);
  });

  test("can be followed only by hand, and a second time changes nothing", () => {
    using host = copyHost(name);
    const guide = readGuide(markdown, name);

    expect(guide.apply(host.root).every(({ wasThere }) => !wasThere)).toBe(true);
    expect(guide.apply(host.root).every(({ wasThere }) => wasThere)).toBe(true);
  });
});

test("a block that does not fit the host's file is an error that quotes it", () => {
  using host = copyHost("t3-prisma");
  writeFileSync(path.join(host.root, "src/server/api/root.ts"), "export const other = true;\n");

  expect(() => readGuide(markdown, "t3-prisma").apply(host.root)).toThrow(/does not fit src\/server\/api\/root\.ts:\n/);
});

test("commands come from the blocks below their heading, without their comments", () => {
  expect(readGuide(markdown, "t3-drizzle").commands("4. Bring your users in")).toEqual([
    "npx rollcall migrate",
    "npx rollcall adopt --report",
    "npx rollcall adopt --link verified-email",
    "npx rollcall sync",
  ]);
});
