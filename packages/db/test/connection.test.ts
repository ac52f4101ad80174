import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConnectionString } from "../src/connection.ts";

let warnings: Error[] = [];
const remember = (warning: Error) => warnings.push(warning);
beforeEach(() => {
  warnings = [];
  process.on("warning", remember);
});
afterEach(() => {
  process.off("warning", remember);
});

test("a connection string of Neon or Vercel is encrypted, verified, bound to its channel, and causes no warning", async () => {
  const { config, schema } = parseConnectionString(
    "postgres://alice:p%40ss@ep-cool.eu-central-1.aws.neon.tech/rollcall?sslmode=require&channel_binding=require",
  );

  expect(config).toMatchObject({
    host: "ep-cool.eu-central-1.aws.neon.tech",
    database: "rollcall",
    user: "alice",
    password: "p@ss",
    ssl: {},
    enableChannelBinding: true,
  });
  expect(schema).toBeUndefined();
  // A warning is emitted on a later tick.
  await new Promise(setImmediate);
  expect(warnings).toEqual([]);
});

test.each([
  ["sslmode=disable", false],
  ["sslmode=no-verify", { rejectUnauthorized: false }],
  ["uselibpqcompat=true&sslmode=require", { rejectUnauthorized: false }],
])("%s means what it says", (parameters, ssl) => {
  expect(parseConnectionString(`postgresql://alice@db.example/rollcall?${parameters}`).config.ssl).toEqual(ssl);
});

test("the connection string's own options are sent, and nothing else: an older pooler refuses options", () => {
  const { config } = parseConnectionString("postgresql://alice@db.example/rollcall?options=endpoint%3Dep-cool");
  expect(config.options).toBe("endpoint=ep-cool");
  expect(parseConnectionString("postgresql://alice@db.example/rollcall").config.options).toBeUndefined();
});

test("schema= sets the search path, except for the default", () => {
  const options = (schema: string) =>
    parseConnectionString(`postgresql://alice@db.example/rollcall?schema=${schema}`).config.options;
  expect(options("roll%20call")).toBe('-c search_path="roll\\ call"');
  expect(options("public")).toBeUndefined();
});

test("a connection string that cannot be parsed is not repeated in the error", () => {
  const parsing = () => parseConnectionString("postgresql://alice:hush@db.example:no-port/rollcall");
  expect(parsing).toThrow();
  expect(parsing).not.toThrow(/hush/);
});
