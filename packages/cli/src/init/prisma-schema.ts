import type { Column, Table } from "./table.ts";

/**
 * The models of a Prisma schema. Prisma's grammar has one field a line, so lines are enough; what is not understood is
 * left out. (Prisma's own parser weighs more than the rest of this package.)
 */
export function prismaModels(schema: string): Table[] {
  const lines = schema.split("\n").map((line) => line.replace(/\/\/.*$/, "").trim());
  const models: { label: string; body: string[] }[] = [];
  let open: string[] | null = null;
  for (const line of lines) {
    const label = /^model\s+(\w+)\s*\{$/.exec(line)?.[1];
    if (label) {
      open = [];
      models.push({ label, body: open });
    } else if (line === "}") open = null;
    else if (line !== "") open?.push(line);
  }
  const labels = new Set(models.map((model) => model.label));
  return models.map(({ label, body }) => ({
    label,
    name: mappedName(body.find((line) => line.startsWith("@@map(")) ?? "") ?? label,
    columns: columnsOf(body, labels),
  }));
}

function columnsOf(body: string[], models: ReadonlySet<string>): Column[] {
  const fields = body.flatMap((line) => {
    const [, label, type, mark, attributes] = /^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line) ?? [];
    return label && type && mark !== "[]"
      ? [{ label, type, nullable: mark === "?", attributes: attributes ?? "" }]
      : [];
  });
  const blockAttributes = body.filter((line) => line.startsWith("@@"));
  const refersTo = new Map(
    fields.flatMap(({ type, attributes }) => {
      const column = /@relation\([^)]*fields:\s*\[(\w+)\]/.exec(attributes)?.[1];
      return models.has(type) && column ? [[column, type]] : [];
    }),
  );
  const isAlone = (kind: "id" | "unique", label: string) =>
    blockAttributes.some((line) => new RegExp(`^@@${kind}\\(\\[\\s*${label}\\s*\\]`).test(line));
  return fields
    .filter(({ type }) => !models.has(type))
    .map(({ label, type, nullable, attributes }) => {
      const primary = /@id\b/.test(attributes) || isAlone("id", label);
      return {
        label,
        name: mappedName(attributes) ?? label,
        type: columnType(type, attributes),
        nullable,
        unique: primary || /@unique\b/.test(attributes) || isAlone("unique", label),
        primary,
        filledBy: filledBy(attributes),
        refersTo: refersTo.get(label) ?? null,
      };
    });
}

const mappedName = (attributes: string): string | undefined => /@map\(\s*(?:name:\s*)?"([^"]+)"/.exec(attributes)?.[1];

function columnType(type: string, attributes: string): Column["type"] {
  if (/@db\.Uuid\b/.test(attributes)) return "uuid";
  if (type === "String") return "text";
  if (type === "DateTime") return "time";
  return type === "Int" || type === "BigInt" ? "number" : "other";
}

/** Prisma makes `cuid()`, `uuid()` and `@updatedAt` itself: in SQL, the column has no default. */
function filledBy(attributes: string): Column["filledBy"] {
  const generator = /@default\((cuid|uuid|nanoid|ulid)\(/.exec(attributes)?.[1];
  if (generator) return { orm: generator };
  if (/@default\(/.test(attributes)) return "database";
  return /@updatedAt\b/.test(attributes) ? { orm: "updatedAt" } : null;
}
