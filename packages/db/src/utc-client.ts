import pg from "pg";

declare module "pg" {
  interface Client {
    /** What `pg` sends when it connects. Its options do not cover all of it. */
    getStartupConf(): Record<string, string>;
  }
}

/**
 * A client of `pg` whose sessions are in UTC, and that disconnects after a statement without an answer in time. The time zone is
 * a separate startup parameter: every PgBouncer tracks it, but refuses `options` before 1.20.
 */
export class UtcClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    // `pg` gives up on the statement and keeps the connection, which goes back to the pool and blocks the next caller.
    const { query } = this;
    const hangingUp = (...statement: unknown[]): unknown => {
      const answer: unknown = Reflect.apply(query, this, statement);
      if (answer instanceof Promise) {
        answer.catch((error: unknown) => {
          if (isTimeout(error)) void this.end();
        });
      }
      return answer;
    };
    Object.assign(this, { query: hangingUp });
  }

  override getStartupConf(): Record<string, string> {
    return { ...super.getStartupConf(), TimeZone: "UTC" };
  }
}

const isTimeout = (error: unknown): boolean => error instanceof Error && error.message === "Query read timeout";
