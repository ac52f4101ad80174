import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { survive } from "../src/trouble.ts";

const SILENT_MS = 25_000; // longer than every limit

test("Postgres's sessions are frozen under load, and continue later", () =>
  survive({
    name: "sessions frozen",
    async during({ stack, load, answers }) {
      const frozen = await stack.server.freezeBackends();
      try {
        await load.round();
        await pause(SILENT_MS);
      } finally {
        frozen.thaw();
      }
      expect(answers().some(({ body }) => body.includes("DATABASE_UNREACHABLE"))).toBe(true);
      await load.round();
    },
  }));

test("the network to Postgres swallows every byte, and no connection is cut", () =>
  survive({
    name: "database network swallows",
    async during({ stack, load, answers }) {
      stack.toPostgres.swallow();
      await load.round();
      await pause(SILENT_MS);
      stack.toPostgres.open(); // what was swallowed is lost, and its connections stay silent
      expect(answers().some(({ body }) => body.includes("DATABASE_UNREACHABLE"))).toBe(true);
      await load.round();
    },
  }));

test("Postgres's network refuses, then accepts and does not answer", () =>
  survive({
    name: "database network refuses",
    async during({ stack, load }) {
      stack.toPostgres.shut();
      await load.round();
      stack.toPostgres.silence();
      await load.round();
      stack.toPostgres.open();
      await load.round();
    },
  }));
