import { expect, test } from "vitest";
import { returnPath, withReturn } from "../src/session/return-path.ts";

const ORIGIN = "https://app.example.com";

test.each([
  ["/user-profile", "/user-profile"],
  ["/dashboard?tab=all#runs", "/dashboard?tab=all#runs"],
  [`${ORIGIN}/dashboard?a=1`, "/dashboard?a=1"],
  ["settings", "/settings"],
])("%s of this site is returned to", (given, path) => {
  expect(returnPath(given, ORIGIN)).toBe(path);
});

test.each([
  "https://evil.example/dashboard",
  "http://app.example.com/dashboard",
  "https://app.example.com.evil.example/",
  "https://app.example.com@evil.example/",
  "//evil.example",
  "/\\evil.example",
  "\\\\evil.example",
  "/\t/evil.example",
  "/.//evil.example",
  `${ORIGIN}//evil.example`,
  "javascript:alert(1)",
  "data:text/html,x",
  "http://",
  "",
])("%j leads to the dashboard, not elsewhere", (given) => {
  const path = returnPath(given, ORIGIN);
  expect(new URL(path, ORIGIN).origin).toBe(ORIGIN);
  expect(path).toMatch(/^\/(dashboard)?$/);
});

test("no path, or several, lead to the dashboard", () => {
  expect(returnPath(undefined, ORIGIN)).toBe("/dashboard");
  expect(returnPath(["/a", "/b"], ORIGIN)).toBe("/dashboard");
});

test("a path survives the round trip through the address", () => {
  const there = new URL(withReturn("/sign-in", "/dashboard?a=1&b=2#c"), ORIGIN);
  expect(there.pathname).toBe("/sign-in");
  expect(returnPath(there.searchParams.get("redirect_url") ?? undefined, ORIGIN)).toBe("/dashboard?a=1&b=2#c");
});
