import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import type { ClerkFault } from "../src/clerk.ts";
import { survive } from "../src/trouble.ts";

const STORM_MS = 15_000;

/** Each for a while, one after the other. */
const storm = (name: string, faults: readonly ClerkFault[]) =>
  survive({
    name,
    async during({ stack, load, answers }) {
      for (const fault of faults) {
        await stack.clerk.recover();
        await stack.clerk.fail({ path: "/v1/", ...fault });
        await load.round();
        await pause(STORM_MS);
      }
      await stack.clerk.recover();
      expect(answers().some(({ body }) => body.includes("CLERK_"))).toBe(true);
      await load.round();
    },
  });

test("Clerk takes 10 s for each answer", () => storm("Clerk slow", [{ latencyMs: 10_000 }]));

test("Clerk answers 500, then 429, then 401", () =>
  storm("Clerk refuses", [{ status: 500 }, { status: 429 }, { status: 401 }]));

test("Clerk answers with a page, then with garbage, then with half of each response", () =>
  storm("Clerk garbles", [{ answer: "html" }, { answer: "garbage" }, { answer: "truncated" }]));

test("Clerk resets connections, half of them, then all", () =>
  storm("Clerk resets", [{ resetRate: 0.5 }, { resetRate: 1 }]));
