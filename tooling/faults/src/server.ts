import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrate, type Postgres, startPostgres } from "@rollcall/dev-stack";
import { waitUntil } from "@rollcall/dev-stack/wait-until";
import { migrateTables } from "@rollcall/migrations";
import pg from "pg";

const NAME = "rollcall";

/**
 * A PostgreSQL that writes to the disk before it answers: a crash must lose nothing that was committed, or the tests would blame
 * the app for it.
 */
export interface Server extends AsyncDisposable {
  /** The app's database, with every migration. */
  url: string;
  /** The tests' own way to the database, past every fault. */
  sql: pg.Pool;
  /** Stops it, by a shutdown that ends every session or by killing its first process, and starts it again on the same port. */
  restart(how: "fast" | "crash", meanwhile?: () => Promise<unknown>): Promise<void>;
  /** Kills one session's process: PostgreSQL then ends all others, and recovers. */
  killOneBackend(): Promise<void>;
  /** Stops the app's sessions in the middle of what they do. Afterwards they continue. */
  freezeBackends(): Promise<{ thaw(): void }>;
}

export async function startServer(connections: number): Promise<Server> {
  const folder = await mkdtemp(path.join(tmpdir(), "rollcall-faults-"));
  const start = (port: number): Promise<Postgres> =>
    startPostgres({
      dataDirectory: path.join(folder, "data"),
      port,
      durable: true,
      settings: { max_connections: String(connections) },
    });
  let postgres = await start(0);
  await postgres.createDatabase(NAME);
  const url = postgres.url(NAME);
  await migrate(url);
  await migrateTables(url);
  const sql = new pg.Pool({ connectionString: url, max: 3, application_name: "faults" });
  sql.on("error", () => {}); // a session that a restart ended
  const backends = async (): Promise<number[]> => {
    const { rows } = await sql.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where datname = current_database() and backend_type = 'client backend' and application_name <> 'faults'`,
    );
    return rows.map(({ pid }) => pid);
  };

  return {
    url,
    sql,
    async restart(how, meanwhile = async () => {}) {
      const { port } = postgres;
      if (how === "fast") await postgres.stop();
      else {
        process.kill(
          Number((await readFile(path.join(folder, "data", "postmaster.pid"), "utf8")).split("\n")[0]),
          "SIGKILL",
        );
        await postgres.exited;
      }
      await meanwhile();
      postgres = await start(port);
      if (postgres.port !== port) throw new Error(`PostgreSQL came back on another port than ${port}`);
    },
    async killOneBackend() {
      let pid: number | undefined;
      // A pooler that lost its connections makes new ones after a while.
      await waitUntil(async () => {
        [pid] = await backends();
        return pid !== undefined;
      }, 60_000);
      if (pid === undefined) throw new Error("the app has no session to kill");
      process.kill(pid, "SIGKILL");
      const isUp = () =>
        sql.query("select").then(
          () => true,
          () => false,
        );
      await waitUntil(async () => !(await isUp()), 5_000);
      if (!(await waitUntil(isUp, 60_000))) throw new Error("PostgreSQL did not recover");
    },
    async freezeBackends() {
      const frozen = await backends();
      for (const pid of frozen) process.kill(pid, "SIGSTOP");
      return {
        thaw() {
          for (const pid of frozen) process.kill(pid, "SIGCONT");
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await sql.end();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
