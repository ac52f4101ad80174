// A spreadsheet runs a cell that begins with one of these as a formula, and names are what users type.
// See https://owasp.org/www-community/attacks/CSV_Injection
const FORMULA = /^[=+\-@\t\r]/;

/** Rows as RFC 4180: every cell in quotes, with nothing in it that a spreadsheet would run. */
export const toCsv = (rows: readonly (readonly (string | null)[])[]): string =>
  rows.map((row) => row.map(toCell).join(",")).join("\r\n");

function toCell(value: string | null): string {
  const text = value ?? "";
  return `"${(FORMULA.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}
