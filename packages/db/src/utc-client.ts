import pg from "pg";

declare module "pg" {
  interface Client {
    /** What `pg` sends when it connects; no option of its own reaches all of it. */
    getStartupConf(): Record<string, string>;
  }
}

/**
 * A client of `pg` whose sessions are in UTC, and that hangs up after a statement which got no answer in time. The time
 * zone is a startup parameter of its own: every PgBouncer keeps track of that one, and refuses `options` before 1.20.
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
