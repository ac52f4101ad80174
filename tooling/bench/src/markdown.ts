import { goalsTable } from "./goals.ts";
import { goalsOf, machineText, type Report } from "./report.ts";
import { toMarkdown } from "./table.ts";

/**
 * A document with the report's tables in its marked places: what is between `<!-- bench NAME -->` and `<!-- /bench -->`, where NAME
 * is a scenario or one of `machine` and `goals`. Places of scenarios that were not measured stay as they are.
 *
 * @param isWhole whether every scenario was measured: only then does the report say what the machine and the goals are
 * @throws if a scenario has no place in the document
 */
export function withTables(document: string, report: Report, isWhole: boolean): string {
  const places = [
    ...(isWhole
      ? [
          { name: "machine", text: machineText(report.machine) },
          { name: "goals", text: toMarkdown(goalsTable(goalsOf(report))) },
        ]
      : []),
    ...report.scenarios.map(({ name, tables }) => ({ name, text: tables.map(toMarkdown).join("\n\n") })),
  ];
  return places.reduce((filled, { name, text }) => {
    const begin = `<!-- bench ${name} -->`;
    const [before, after] = split(filled, begin);
    const [, rest] = split(after, END);
    return `${before}${begin}\n\n${text}\n\n${END}${rest}`;
  }, document);
}

const END = "<!-- /bench -->";

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`The document has no place ${mark}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
