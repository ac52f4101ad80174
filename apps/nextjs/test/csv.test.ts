import { expect, test } from "vitest";
import { toCsv } from "../src/lib/csv.ts";

test("cells are in quotes, and quotes, commas and line ends inside them survive", () => {
  expect(
    toCsv([
      ["a", null],
      ['say "hi"', "x, y\nz"],
    ]),
  ).toBe('"a",""\r\n"say ""hi""","x, y\nz"');
});

test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("a spreadsheet does not run the cell %j", (cell) => {
  expect(toCsv([[cell]])).toBe(`"'${cell}"`);
});
