import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { survive } from "../src/trouble.ts";

const AWAY_MS = 6_000;

test("Postgres is shut down and started again under load", () =>
  survive({
    name: "database restarts",
    async during({ stack, load, answers }) {
      await stack.server.restart("fast", async () => {
        await load.round();
        await pause(AWAY_MS);
      });
      expect(answers().some(({ entry, body }) => entry === "health" && body.includes('"database":"down"'))).toBe(true);
      await load.round();
    },
  }));

test("Postgres is killed under load, and recovers from its log", () =>
  survive({
    name: "database killed",
    async during({ stack, load }) {
      await stack.server.restart("crash", load.round);
      await load.round();
      await stack.server.restart("crash");
      await load.round();
    },
  }));

test("one session's process is killed under load: Postgres ends all others, and recovers", () =>
  survive({
    name: "backend killed",
    async during({ stack, load }) {
      for (let kills = 0; kills < 3; kills++) {
        await stack.server.killOneBackend();
        await load.round();
      }
    },
  }));
