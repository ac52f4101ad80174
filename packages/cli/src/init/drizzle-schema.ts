import type { Column, Table } from "./table.ts";

/** The tables of a Drizzle schema file, as far as they are written in Drizzle's usual way. */
export function drizzleTables(source: string): Table[] {
  const prefix = /pgTableCreator\(\s*\(?(\w+)\)?\s*=>\s*`([^`$]*)\$\{\1\}`/.exec(source)?.[2] ?? "";
  const creators = new Set([
    "pgTable",
    ...[...source.matchAll(/(\w+)\s*=\s*pgTableCreator\(/g)].map(([, name]) => name),
  ]);
  return [...source.matchAll(/export const (\w+)\s*=\s*(\w+)(?:\.table)?\(\s*["'`]([^"'`]+)["'`]\s*,/g)].flatMap(
    ([start, label, creator, name], index, all) => {
      if (!label || !creator || !name || !creators.has(creator)) return [];
      const from = source.indexOf(start, all[index - 1]?.index ?? 0) + start.length;
      const body = braces(source, source.indexOf("{", from));
      return [{ label, name: creator === "pgTable" ? name : prefix + name, columns: topLevel(body).flatMap(column) }];
    },
  );
}

/** The text between a brace and the one that closes it. */
function braces(source: string, open: number): string {
  let depth = 0;
  for (let at = open; at < source.length; at += 1) {
    if (source[at] === "{") depth += 1;
    if (source[at] === "}" && --depth === 0) return source.slice(open + 1, at);
  }
  return "";
}

/** The properties of an object literal, each whole. */
function topLevel(body: string): string[] {
  const parts: string[] = [""];
  let depth = 0;
  for (const character of body.replace(/\/\/.*$/gm, "")) {
    if ("([{".includes(character)) depth += 1;
    if (")]}".includes(character)) depth -= 1;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

const TYPES: Record<string, Column["type"]> = {
  text: "text",
  varchar: "text",
  char: "text",
  timestamp: "time",
  uuid: "uuid",
  integer: "number",
  bigint: "number",
  serial: "number",
  bigserial: "number",
};

function column(property: string): Column[] {
  const [, label, type, name] = /^(\w+)\s*:\s*(?:\w+\s*\.\s*)?(\w+)\(\s*(?:["'`]([^"'`]+)["'`])?/.exec(property) ?? [];
  if (!label || !type) return [];
  const has = (method: string) => new RegExp(`\\.\\s*${method}\\(`).test(property);
  const primary = has("primaryKey");
  return [
    {
      label,
      name: name ?? label,
      type: TYPES[type] ?? "other",
      nullable: !primary && !has("notNull"),
      unique: primary || has("unique"),
      primary,
      filledBy: filledBy(type, property),
      refersTo: /references\(\s*\(\)\s*(?::\s*\w+\s*)?=>\s*(\w+)\./.exec(property)?.[1] ?? null,
    },
  ];
}

/** `$defaultFn`, `$default` and `$onUpdate` exist only in Drizzle: in SQL, the column has no default. */
function filledBy(type: string, property: string): Column["filledBy"] {
  if (type.endsWith("serial") || /\.\s*(default|defaultNow|defaultRandom|generated\w+)\(/.test(property))
    return "database";
  const own = /\.\s*\$(?:defaultFn|default)\(([\s\S]*)/.exec(property)?.[1];
  if (own === undefined) return /\.\s*\$onUpdate/.test(property) ? { orm: "updatedAt" } : null;
  const generator = /randomUUID|uuid/i.test(own)
    ? "uuid"
    : /createId|cuid/i.test(own)
      ? "cuid"
      : /nanoid|ulid/i.exec(own)?.[0];
  return { orm: generator?.toLowerCase() ?? "default" };
}
