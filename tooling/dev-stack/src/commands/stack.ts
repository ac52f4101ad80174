import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { migrateTables } from "@rollcall/migrations";
import { z } from "zod";
import { startEmulatorProcess } from "../emulator-process.ts";
import { migrate } from "../postgres/migrate.ts";
import { startTemporaryPostgres } from "../postgres/temporary-postgres.ts";
import { stopSignal } from "../process/stop-signal.ts";
import { CommandError } from "./command-error.ts";
import { runCommand } from "./run-command.ts";

const USAGE = `Usage: pnpm --silent stack [--users N] [--port-offset N]
  --users N         how many users Clerk has (default 1200)
  --port-offset N   is added to every port: Postgres 5433, Clerk 4010, the app 3000

Starts a fresh PostgreSQL and a Clerk emulator, prints the environment of an app as KEY=value lines, then "ready".
Stops on SIGINT or SIGTERM and leaves nothing behind.`;

const optionsSchema = z.object({
  users: z.coerce.number().int().min(2).default(1200), // an admin and a member
  "port-offset": z.coerce.number().int().min(0).max(60_000).default(0),
});

function readOptions(): z.infer<typeof optionsSchema> {
  try {
    const { values } = parseArgs({
      args: process.argv.slice(2).filter((arg) => arg !== "--"), // some package managers pass it on
      options: { users: { type: "string" }, "port-offset": { type: "string" } },
    });
    const options = optionsSchema.safeParse(values);
    if (options.success) return options.data;
    throw new Error(z.prettifyError(options.error));
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`, 2);
  }
}

await runCommand(async () => {
  const { users, "port-offset": offset } = readOptions();
  const stopped = stopSignal();
  await using postgres = await startTemporaryPostgres({ port: 5433 + offset, settings: { max_connections: "300" } });
  await postgres.createDatabase("rollcall");
  await migrate(postgres.url("rollcall"));
  await migrateTables(postgres.url("rollcall"));
  await using emulator = await startEmulatorProcess({ port: 4010 + offset, users });

  const environment = {
    POSTGRES_URL: postgres.url("rollcall"),
    POSTGRES_URL_NON_POOLING: postgres.url("rollcall"),
    ...emulator.environment,
    APP_ORIGIN: `http://localhost:${3000 + offset}`,
    CRON_SECRET: randomBytes(24).toString("base64url"),
  };
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  process.stdout.write(`${lines.join("")}ready\n`);

  const end = await Promise.race([stopped, postgres.exited.then((log) => ({ log })), emulator.exited]);
  if (end !== "stopped") {
    throw new CommandError(
      "log" in end
        ? `PostgreSQL ended unexpectedly. Its output:\n${end.log}`
        : "The Clerk emulator ended unexpectedly.",
    );
  }
});
