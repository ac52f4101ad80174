import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readEnvironment } from "../src/environment.ts";

const example = readFileSync(fileURLToPath(new URL("../../../.env.example", import.meta.url)), "utf8");
const names = (pattern: RegExp) => [...example.matchAll(pattern)].map(([, name]) => name).sort();

// Next sets the first during a build, `dev` and `stack` set the second; no user configures them.
const NOT_CONFIGURED = ["NEXT_PHASE", "NEXT_PUBLIC_CLERK_PROXY_URL"];

/** Every variable that the environment reads, set or not. */
function variablesRead(): string[] {
  const read = new Set<string>();
  const recorder = new Proxy<Record<string, undefined>>(
    {},
    { get: (_, name) => void (typeof name === "string" && read.add(name)) },
  );
  expect(() => readEnvironment(recorder)).toThrow();
  return [...read].filter((name) => !NOT_CONFIGURED.includes(name)).sort();
}

test(".env.example lists every variable that the app reads, and no other", () => {
  expect(names(/^(?:# )?([A-Z][A-Z_]+)=/gm)).toEqual(variablesRead());
});

test("the variables that .env.example does not comment out are those the app needs to start", () => {
  const needed = names(/^([A-Z][A-Z_]+)=/gm);
  const complaint = (): string => {
    try {
      readEnvironment({});
      return "";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  expect([...complaint().matchAll(/^([A-Z_]+) is not set/gm)].map(([, name]) => name).sort()).toEqual(needed);
});

test(".env.example contains no values", () => {
  expect(names(/^(?:# )?([A-Z][A-Z_]+)=.+$/gm)).toEqual([]);
});
