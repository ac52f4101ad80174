import { z } from "zod/v4";
import { toSyncError } from "../database/database-error.ts";
import { ANSWER_MS, within } from "../database/deadline.ts";
import { SyncError } from "../sync-error.ts";
import type { EngineCheck } from "./context.ts";

const answer = z.tuple([z.object({ database: z.string(), user: z.string(), readOnly: z.boolean() })]);

export const database: EngineCheck = {
  id: "database",
  title: "The database answers, and accepts writes",
  async run({ db }) {
    const statement = `select current_database()::text as database, current_user::text as user,
      current_setting('transaction_read_only')::boolean as "readOnly"`;
    try {
      const [{ database, user, readOnly }] = answer.parse(await within(ANSWER_MS, () => db.query(statement)));
      if (!readOnly) return { status: "ok", message: `the database ${database}, as ${user}` };
      return {
        status: "finding",
        severity: "error",
        message: `The database ${database} is read-only for ${user}: a replica, or a setting of the database.`,
        remedy: "Connect to the primary server.",
      };
    } catch (thrown) {
      const { message, hint } = SyncError.from(toSyncError(thrown));
      return { status: "finding", severity: "error", message: `${message}.`, remedy: hint };
    }
  },
};

// 2026-01-01T00:00:00Z
const KNOWN_MS = 1_767_225_600_000;
const moment = z.tuple([z.object({ at: z.unknown(), zone: z.string() })]);

export const timeZone: EngineCheck = {
  id: "time-zone",
  title: "The application's client reads times as they are",
  requires: ["database"],
  async run({ db }) {
    const statement = `select to_timestamp(${KNOWN_MS} / 1000) as at, current_setting('TimeZone') as zone`;
    const [{ at, zone }] = moment.parse(await db.query(statement));
    if (!(at instanceof Date) || at.getTime() === KNOWN_MS) return { status: "ok", message: `sessions are in ${zone}` };
    const hours = (at.getTime() - KNOWN_MS) / 3_600_000;
    return {
      status: "finding",
      severity: "warning",
      message: `Sessions are in ${zone}, and the client takes every time for UTC: it is ${hours} h off. Rollcall's own times are not, but the application reads and writes wrong ones.`,
      remedy:
        "Put the client's sessions in UTC: ALTER ROLE … SET timezone = 'UTC', or options=-c%20TimeZone%3DUTC in the connection string.",
    };
  },
};
