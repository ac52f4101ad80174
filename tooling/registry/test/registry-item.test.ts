import { readFileSync } from "node:fs";
import path from "node:path";
import { registryItemSchema } from "@shadcn/registry/schema";
import { describe, expect, test } from "vitest";
import { blocks } from "../src/blocks.ts";
import { hostPackages, registryItem, targetOf } from "../src/registry-item.ts";
import { HOST_FILE, repositoryRoot } from "../src/sources.ts";

const guide = readFileSync(path.join(repositoryRoot, "docs/dashboard.md"), "utf8");
const items = blocks.map(registryItem);

const importsOf = (content: string): string[] =>
  [...content.matchAll(/(?:\bfrom |\bimport |\bimport\()"([^"]+)"/g)].flatMap(([, specifier]) => specifier ?? []);

const packageOf = (specifier: string): string | undefined => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0];

describe.each(items)("the item $name", (item) => {
  const targets = item.files.map(({ target }) => target);

  test("is what shadcn's CLI accepts", () => {
    expect(registryItemSchema.parse(item)).toMatchObject({ name: item.name, files: item.files });
  });

  test("imports its own files, the packages that it or the guide names, and the file that the guide shows", () => {
    const packages = [...item.dependencies.map((each) => each.replace(/(?<!^)@.*/, "")), ...hostPackages];
    const missing = item.files.flatMap(({ target, content }) =>
      importsOf(content)
        .filter((specifier) => {
          if (!specifier.startsWith(".")) return !packages.includes(packageOf(specifier) ?? "");
          const file = path.posix.join(path.posix.dirname(target), specifier);
          const candidates = [file, `${file}.ts`, `${file}.tsx`];
          return !candidates.some((each) => targets.includes(each) || each === targetOf(HOST_FILE));
        })
        .map((specifier) => `${target} imports ${specifier}`),
    );
    expect(missing).toEqual([]);
  });

  test("links only to its own pages", () => {
    const pages = targets.filter((target) => target.startsWith("src/app/rollcall/"));
    const dead = item.files.flatMap(({ target, content }) =>
      [...content.matchAll(/\$\{DASHBOARD\}\/(\w+)/g)]
        .filter(([, page]) => !pages.some((each) => each.startsWith(`src/app/rollcall/${page}/`)))
        .map(([link]) => `${target} links to ${link}`),
    );
    expect(dead).toEqual([]);
    expect(item.files.filter(({ content }) => /["'`]\/dashboard/.test(content)).map(({ target }) => target)).toEqual(
      [],
    );
  });

  test("has its hooks of next-intl in client components: on the server they need a configuration", () => {
    const onServer = item.files.filter(
      ({ target, content }) => target.startsWith("src/app/") && /\buse[A-Z]\w*\(/.test(content),
    );
    expect(onServer.map(({ target }) => target)).toEqual([]);
  });

  test("is named in the guide", () => {
    expect(guide).toContain(`| \`${item.name}\``);
    expect(guide).toContain(`npx shadcn@latest add ./node_modules/rollcall/registry/${item.name}.json`);
  });
});

test("the guide names each package that a host brings, and shows the file that it writes", () => {
  expect(hostPackages.filter((name) => !new RegExp(`[\` ]${name}[\`@\\s]`).test(guide))).toEqual([]);
  expect(guide).toContain(`// ${targetOf(HOST_FILE)}\n`);
});
