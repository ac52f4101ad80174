import { expect, test } from "vitest";
import { ownUrl } from "../src/lib/own-url.ts";

const production = {
  VERCEL: "1",
  VERCEL_ENV: "production",
  VERCEL_URL: "app-f3k2.vercel.app",
  VERCEL_PROJECT_PRODUCTION_URL: "app.example.com",
};
const at = (environment: Record<string, string | undefined>) => ownUrl("/api/cron/sync", environment)?.href;

test("in production a function calls the production's domain", () => {
  expect(at(production)).toBe("https://app.example.com/api/cron/sync");
});

test("in a preview it calls that very deployment, never production", () => {
  expect(at({ ...production, VERCEL_ENV: "preview" })).toBe("https://app-f3k2.vercel.app/api/cron/sync");
});

test("outside Vercel it makes no call", () => {
  expect(at({ ...production, VERCEL: undefined })).toBeUndefined();
});

test.each(["", "app.example.com@evil.example", "app.example.com/path", "evil.example?", "a b"])(
  "a value that is not a plain host is not called: %j",
  (host) => {
    expect(at({ ...production, VERCEL_PROJECT_PRODUCTION_URL: host })).toBeUndefined();
  },
);
