/**
 * An array in PostgreSQL's own notation (its documentation, "Array Input and Output Syntax"). Prisma passes a string on
 * unchanged; for a page of 500 users in arrays it would copy each of the 5,000 values several times.
 */
export function arrayLiteral(values: readonly (string | number | null)[]): string {
  return `{${values.map(element).join(",")}}`;
}

function element(value: string | number | null): string {
  if (value === null) return "NULL";
  return typeof value === "number" ? String(value) : `"${value.replace(/["\\]/g, "\\$&")}"`;
}
