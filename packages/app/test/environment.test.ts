import { expect, test } from "vitest";
import { readEnvironment } from "../src/environment.ts";

const complete = {
  POSTGRES_URL: "postgresql://user:correct-horse@db.example.com:5432/app",
  CLERK_SECRET_KEY: "sk_test_battery",
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "pk_test_staple",
};

/** The message of a start with this environment. */
function complaint(changes: Record<string, string | undefined>): string {
  try {
    readEnvironment({ ...complete, ...changes });
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

test("only the database and Clerk's two keys are required", () => {
  expect(readEnvironment(complete)).toMatchObject(complete);
});

test("the error names all missing variables, with what to do", () => {
  const said = complaint({
    POSTGRES_URL: undefined,
    CLERK_SECRET_KEY: undefined,
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "",
  });
  expect(said).toMatch(/^POSTGRES_URL is not set\. Set it /m);
  expect(said).toMatch(/^CLERK_SECRET_KEY is not set\. Copy it /m);
  expect(said).toMatch(/^NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY is not set\. Copy it /m);
});

test.each([
  ["CLERK_SECRET_KEY", "pk_test_swapped", /^CLERK_SECRET_KEY is not a secret key/],
  [
    "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
    "sk_test_swapped",
    /^NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY is not a publishable key/,
  ],
  ["POSTGRES_URL", "mysql://root:hunter2@localhost/app", /^POSTGRES_URL is not a connection string/],
  ["CLERK_API_URL", "my-clerk", /^CLERK_API_URL is not a URL/],
  ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector", /^OTEL_EXPORTER_OTLP_ENDPOINT is not a URL/],
  ["APP_ORIGIN", "my-app", /^APP_ORIGIN is a list of origins/],
  ["APP_ORIGIN", "https://app.example.com/dashboard", /^APP_ORIGIN is a list of origins/],
  [
    "POSTGRES_URL_NON_POOLING",
    "mysql://root:hunter2@localhost/app",
    /^POSTGRES_URL_NON_POOLING is not a connection string/,
  ],
])("%s as %j is refused, and not repeated", (name, value, expected) => {
  const said = complaint({ [name]: value });
  expect(said).toMatch(expected);
  expect(said).not.toContain(value);
});

test("several origins are separated by commas", () => {
  const { APP_ORIGIN } = readEnvironment({ ...complete, APP_ORIGIN: "https://a.example.com/, http://localhost:3000" });
  expect(APP_ORIGIN).toEqual(["https://a.example.com", "http://localhost:3000"]);
});

test("a secret that is too short closes only the cron route", () => {
  expect(readEnvironment({ ...complete, CRON_SECRET: "too short" })).toMatchObject({ CRON_SECRET: "too short" });
});

test("a build needs none of it", () => {
  expect(() => readEnvironment({ NEXT_PHASE: "phase-production-build" })).not.toThrow();
});
