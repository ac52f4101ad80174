import { describe, expect, test } from "vitest";
import type { GuardedApp } from "./guarded-app.ts";

/** The last tests of a file: they check everything that was answered and logged in the tests before. */
export function testThatNothingLeaks(guarded: () => GuardedApp): void {
  describe("in everything that was answered and logged here", () => {
    const apps = () => guarded().apps;
    const answers = () => apps().flatMap(({ answers }) => answers);
    const logs = () => apps().flatMap(({ process }) => process.output().split("\n"));
    const everything = () => [
      ...answers().map(({ to, headers, body }) => ({ from: to, said: `${JSON.stringify([...headers])} ${body}` })),
      ...logs().map((said) => ({ from: "the log", said })),
    ];

    const whereThereIs = (found: (said: string) => boolean) => everything().filter(({ said }) => found(said));

    test("there is no secret and no address of the database", () => {
      expect(whereThereIs((said) => guarded().secrets.some((secret) => said.includes(secret)))).toEqual([]);
    });

    test("there is no stack, no path of the server and no driver's message", () => {
      const trace = /"stack"|(\\n|^)\s+at \S|node_modules|file:\/\/|\.ts:\d|PrismaClient|prisma\.|ECONNREFUSED/;
      expect(whereThereIs((said) => trace.test(said))).toEqual([]);
    });

    test("the log contains no user's address, and each line is JSON", () => {
      expect(logs().filter((line) => line.includes("@example.com"))).toEqual([]);
      for (const { process } of apps()) expect(() => process.log()).not.toThrow();
    });

    test("there is no response that a cache may store", () => {
      const kept = answers().filter(({ headers }) => headers.get("cache-control") !== "private, no-store");
      expect(kept.map(({ to, status }) => ({ to, status }))).toEqual([]);
    });

    test("there is no redirect", () => {
      const redirects = answers().filter(
        ({ status, headers }) => (status >= 300 && status < 400) || headers.has("location"),
      );
      expect(redirects).toEqual([]);
    });
  });
}
