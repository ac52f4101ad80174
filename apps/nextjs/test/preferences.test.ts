import { expect, test } from "vitest";
import en from "../src/messages/en.json" with { type: "json" };
import zh from "../src/messages/zh.json" with { type: "json" };
import { readLocale, readTheme, readTimeZone } from "../src/preferences/preferences.ts";

const cookies = (values: Record<string, string>) => (name: string) => values[name];
const none = cookies({});

test("a chosen language wins over the browser's", () => {
  expect(readLocale(cookies({ locale: "zh" }), "en-GB,en;q=0.9")).toBe("zh");
});

test("without a choice, the first language that the browser accepts and the app speaks is used", () => {
  expect(readLocale(none, "fr-FR,zh-Hant-TW;q=0.8,en;q=0.5")).toBe("zh");
  expect(readLocale(none, "fr")).toBe("en");
  expect(readLocale(none, null)).toBe("en");
});

test("cookies with anything else in them count as no choice", () => {
  expect(readLocale(cookies({ locale: "../../etc" }), null)).toBe("en");
  expect(readTheme(cookies({ theme: "<script>" }))).toBe("system");
  expect(readTimeZone(cookies({ "time-zone": "Mars/Olympus" }))).toBe("UTC");
});

test("the browser's time zone is used", () => {
  expect(readTimeZone(cookies({ "time-zone": "Asia/Shanghai" }))).toBe("Asia/Shanghai");
  expect(readTimeZone(none)).toBe("UTC");
});

/** The keys of a message file, as paths, each with the names of its parameters. */
function shapeOf(messages: object, path = ""): string[] {
  return Object.entries(messages).flatMap(([key, value]) =>
    typeof value === "string"
      ? [`${path}${key} ${[...new Set(value.match(/(?<=\{)\w+(?=[,}])|(?<=<)\w+(?=>)/g))].sort()}`]
      : shapeOf(value, `${path}${key}.`),
  );
}

test("both languages have the same texts with the same parameters", () => {
  const { errors: _, ...translated } = zh;
  expect(shapeOf(translated)).toEqual(shapeOf(en));
});
