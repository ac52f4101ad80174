import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { logEvents } from "../packages/sync/src/log-events.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(`${root}/docs/logs.md`, "utf8");

const namesIn = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].flatMap(([, name]) => name ?? []);
const runFields = namesIn(/one line with its counts: ([^.]*)\./.exec(page)?.[1] ?? "");

/** What the page says about each event: its fields, in alphabetical order. */
const described = Object.fromEntries(
  [
    ...page.matchAll(
      /^\| `(\w+)` *\| `(?:info|warn|error)`(?:, `(?:info|warn|error)`)* *\|([^|]*)\|([^|]*)\|([^|]*)\|$/gm,
    ),
  ].map(([, event = "", fields = "", meaning = "", remedy = ""]) => {
    const named = [...(fields.includes("the run's fields") ? runFields : []), ...namesIn(fields)];
    return [event, { fields: named.sort(), isExplained: meaning.trim() !== "" && remedy.trim() !== "" }];
  }),
);

test("docs/logs.md describes every event with its fields and a remedy, and no other", () => {
  const inCode = Object.entries(logEvents).map(([event, fields]) => [
    event,
    { fields: [...fields].sort(), isExplained: true },
  ]);
  expect(described).toEqual(Object.fromEntries(inCode));
});

test("every event of the list is logged somewhere", () => {
  const files = execFileSync("git", ["ls-files", "packages/*/src/*.ts"], { cwd: root }).toString().trim().split("\n");
  const texts = files
    .filter((file) => !file.endsWith("/log-events.ts"))
    .map((file) => readFileSync(`${root}/${file}`, "utf8"))
    .join("\n");
  const states = /export const runStates = \[([^\]]*)\]/.exec(texts)?.[1] ?? "";
  const logged = [
    ...[...texts.matchAll(/event: "(\w+)"/g)].map(([, event]) => event),
    ...[...states.matchAll(/"(\w+)"/g)].map(([, state]) => `run_${state}`),
  ];
  expect(Object.keys(logEvents).filter((event) => !logged.includes(event))).toEqual([]);
});
