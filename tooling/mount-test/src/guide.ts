import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** What a guide such as docs/mount.md tells its reader to do, as far as a machine can do it. */
export interface Guide {
  /** Applies the blocks that name a file, as a reader would by hand. @returns the paths, and whether `init` had done it */
  apply(host: string): { path: string; wasThere: boolean }[];
  /** The commands of the blocks below a heading. */
  commands(heading: string): string[];
}

interface Block {
  heading: string;
  language: string;
  /** The hosts that it is for: those that its fence names, or all. */
  hosts: string[];
  text: string;
}

/** @throws an error that quotes the block, if the host's file is not as the block expects it */
export function readGuide(markdown: string, hostName: string): Guide {
  const blocks = blocksOf(markdown).filter(({ hosts }) => hosts.length === 0 || hosts.includes(hostName));
  return {
    apply: (host) => blocks.flatMap((block) => applyBlock(host, block)),
    commands: (heading) =>
      blocks
        .filter((block) => block.language === "sh" && block.heading === heading)
        .flatMap(({ text }) => text.split("\n"))
        .map((line) => line.replace(/\s+#.*$/, "").trim())
        .filter((line) => line !== ""),
  };
}

function blocksOf(markdown: string): Block[] {
  let heading = "";
  return [...markdown.matchAll(/^#+ (.+)$|^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)].flatMap(
    ([, title, language, hosts = "", text = ""]) => {
      if (title !== undefined) heading = title;
      if (language === undefined) return [];
      return [{ heading, language, hosts: hosts.split(" ").filter((host) => host !== ""), text }];
    },
  );
}

function applyBlock(host: string, { language, text }: Block) {
  if (language === "diff") return [applyDiff(host, text)];
  const [, name, content] = /^\/\/ (\S+\.\w+)\n\n?([\s\S]*)$/.exec(text) ?? [];
  if (name === undefined || content === undefined) return [];
  const file = path.join(host, name);
  if (existsSync(file)) {
    if (readFileSync(file, "utf8") !== content) throw new Error(`The guide shows another ${name}:\n${content}`);
    return [{ path: name, wasThere: true }];
  }
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return [{ path: name, wasThere: false }];
}

/** Each part of a diff, between lines of `@@`, occurs once in the file: before the change, or after it. */
function applyDiff(host: string, text: string) {
  const name = /^--- (\S+)\n/.exec(text)?.[1];
  if (name === undefined) throw new Error(`A diff that names no file:\n${text}`);
  const file = path.join(host, name);
  let content = readFileSync(file, "utf8");
  let wasThere = true;
  for (const part of text.replace(/^--- .*\n(\+\+\+ .*\n)?/, "").split(/^@@.*\n/m)) {
    const lines = part.split("\n").slice(0, -1);
    const side = (mark: string) =>
      lines
        .filter((line) => !line.startsWith(mark))
        .map((line) => `${line.slice(1)}\n`)
        .join("");
    if (lines.length === 0 || occurrences(content, side("-")) === 1) continue;
    if (occurrences(content, side("+")) !== 1) throw new Error(`The guide does not fit ${name}:\n${part}`);
    content = content.replace(side("+"), () => side("-"));
    wasThere = false;
  }
  writeFileSync(file, content);
  return { path: name, wasThere };
}

const occurrences = (text: string, part: string): number => text.split(part).length - 1;
