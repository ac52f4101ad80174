import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { expect, test } from "vitest";
import { survive } from "../src/trouble.ts";

const CONNECTIONS = 25;
const CROWDED_MS = 20_000;

test("others take every connection that Postgres has", () =>
  survive({
    name: "connections exhausted",
    connections: CONNECTIONS,
    async during({ stack, load }) {
      const others: pg.Client[] = [];
      const takeOne = async () => {
        const client = new pg.Client({ connectionString: stack.server.url });
        client.on("error", () => {});
        await client.connect();
        others.push(client);
      };
      // Also those that the app had: it must not get new ones.
      await stack.server.sql.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name <> 'faults' and backend_type = 'client backend'`,
      );
      const until = performance.now() + CROWDED_MS;
      while (performance.now() < until) await takeOne().catch(() => pause(100));
      expect(others.length).toBeGreaterThan(CONNECTIONS / 2);
      await load.round();
      for (const client of others) await client.end();
      await load.round();
    },
  }));

test("a migration locks the users' table, and every connection of the app's pool waits for it", () =>
  survive({
    name: "table locked",
    async during({ stack, load, answers }) {
      const migration = await stack.server.sql.connect();
      try {
        await migration.query(`begin; lock table "User"`);
        await load.round();
        await pause(CROWDED_MS);
        await load.round();
      } finally {
        await migration.query("rollback");
        migration.release();
      }
      expect(answers().some(({ body }) => body.includes("DATABASE_"))).toBe(true);
      await load.round();
    },
  }));
