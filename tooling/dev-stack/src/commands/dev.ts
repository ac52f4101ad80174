import path from "node:path";
import { type AppProcess, startAppProcess } from "../app-process.ts";
import { type EmulatorProcess, startEmulatorProcess } from "../emulator-process.ts";
import { migrate, pendingMigrations } from "../postgres/migrate.ts";
import { type Postgres, startPostgres } from "../postgres/start-postgres.ts";
import { startChild } from "../process/child.ts";
import { stopSignal } from "../process/stop-signal.ts";
import { repositoryRoot } from "../repository.ts";
import { CommandError } from "./command-error.ts";
import { runCommand } from "./run-command.ts";

const DATA = path.join(repositoryRoot, ".rollcall");
const DATABASE = "rollcall";
const USERS = 1_200;

await runCommand(async () => {
  const stopped = stopSignal();
  await refuseForeignParts();
  await using postgres = await startPostgres({ dataDirectory: path.join(DATA, "postgres"), port: 5433, durable: true });
  const databaseUrl = await openDatabase(postgres);
  await using emulator = await startEmulatorProcess({
    port: 4010,
    users: USERS,
    dataDirectory: path.join(DATA, "clerk"),
  });
  const environment = { POSTGRES_URL: databaseUrl, POSTGRES_URL_NON_POOLING: databaseUrl, ...emulator.environment };

  if ((await Promise.race([stopped, firstSync(environment)])) === "stopped") return;
  await using app = await startAppProcess({ port: 3000, environment, until: stopped });
  if (app.state === "stopped") return;
  await emulator.deliverWebhooksTo(`${app.url}/api/webhooks/clerk`);
  console.log(summary({ databaseUrl, emulator, app }));

  const end = await Promise.race([
    stopped,
    postgres.exited.then((log) => new CommandError(`PostgreSQL ended by itself. It said:\n${log}`)),
    emulator.exited.then(() => new CommandError("The Clerk emulator ended by itself.")),
    app.exited.then(() => new CommandError("The app ended by itself.")),
  ]);
  if (end instanceof CommandError) throw end;
  console.log("\nStopping. The data stays in .rollcall/.");
});

/**
 * `dev` fills a database with the users of an emulated Clerk, so it takes no other than its own. Somebody's own database is
 * only looked at, to say what it lacks.
 */
async function refuseForeignParts(): Promise<void> {
  const { POSTGRES_URL, POSTGRES_URL_NON_POOLING } = process.env;
  if (!POSTGRES_URL) return;
  const pending = await pendingMigrations(POSTGRES_URL_NON_POOLING || POSTGRES_URL);
  const lacks =
    pending.length === 0 ? "It has every migration" : `It lacks ${pending.join(", ")}: run \`pnpm db:migrate\``;
  throw new CommandError(
    `POSTGRES_URL is set, and \`pnpm dev\` uses none but the database that it makes itself: its users are an emulated Clerk's.
Your database was not touched. ${lacks}.
To run the app on it, with your own Clerk keys: \`pnpm sync:all\`, then \`pnpm --filter @rollcall/nextjs exec next dev\`.
To try Rollcall: unset POSTGRES_URL, then \`pnpm dev\` again.`,
    2,
  );
}

/** The database of an earlier start, or a new one; with every migration. */
async function openDatabase(postgres: Postgres): Promise<string> {
  const url = postgres.url(DATABASE);
  await postgres.createDatabase(DATABASE).catch((error: unknown) => {
    if (!(error instanceof Error && "code" in error && error.code === "42P04")) throw error; // it is there
  });
  await migrate(url);
  return url;
}

async function firstSync(environment: Record<string, string>): Promise<void> {
  console.log(`The first sync: ${USERS.toLocaleString("en")} users, from Clerk to Postgres.`);
  await using sync = startChild(path.join(repositoryRoot, "scripts", "sync-all-users.ts"), {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const { code } = await sync.exited;
  if (code !== 0) throw new CommandError("The first sync failed. What it said stands above.");
}

function summary({ databaseUrl, emulator, app }: { databaseUrl: string; emulator: EmulatorProcess; app: AppProcess }) {
  const { ADMIN_EMAIL, MEMBER_EMAIL, SEED_PASSWORD, EMULATOR_URL } = emulator.environment;
  return `
Rollcall is up.

  App          ${app.url}
  Sign in as   ${ADMIN_EMAIL} (admin) or ${MEMBER_EMAIL}, password ${SEED_PASSWORD}
  Clerk        ${EMULATOR_URL} (emulated; codes for sign-ups appear in this terminal)
  Postgres     ${databaseUrl}

  Look at it   psql ${databaseUrl} -c 'SELECT * FROM "User" LIMIT 5'
  Sync again   POSTGRES_URL=${databaseUrl} CLERK_API_URL=${EMULATOR_URL} CLERK_SECRET_KEY=${emulator.environment.CLERK_SECRET_KEY} pnpm sync:all

Ctrl-C stops all of it. The data stays in .rollcall/; delete that folder to begin anew.
`;
}
