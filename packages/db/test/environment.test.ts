import { expect, test } from "vitest";
import { EnvironmentError, readEnvironment } from "../src/environment.ts";

test.each([undefined, ""])("without POSTGRES_URL (%j) the error names it and says what to do", (value) => {
  const reading = () => readEnvironment({ POSTGRES_URL: value });
  expect(reading).toThrow(EnvironmentError);
  expect(reading).toThrow(/^POSTGRES_URL is not set\. Set it to the connection string of your Postgres/);
});

test.each([
  "mysql://alice:hush@db.example/rollcall",
  "db.example/rollcall?hush",
  "postgres://alice:hu#sh@db.example/rollcall",
])("%s is refused, and not repeated in the message", (value) => {
  const reading = () => readEnvironment({ POSTGRES_URL: value });
  expect(reading).toThrow(/^POSTGRES_URL is not a connection string/);
  expect(reading).not.toThrow(/hu#?sh|db\.example/);
});
