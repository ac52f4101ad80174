import { randomBytes } from "node:crypto";
import path from "node:path";
import { type AppProcess, startAppProcess } from "../app-process.ts";
import { type DevDatabase, migrationState, openDevDatabase } from "../dev-database.ts";
import { type EmulatorProcess, startEmulatorProcess } from "../emulator-process.ts";
import { loadEnvironmentFiles, type OwnParts, ownParts } from "../own-parts.ts";
import { startChild } from "../process/child.ts";
import { stopSignal } from "../process/stop-signal.ts";
import { repositoryRoot } from "../repository.ts";
import { CommandError } from "./command-error.ts";
import { runCommand } from "./run-command.ts";

const FOLDER = path.join(repositoryRoot, ".rollcall");
const PORTS = { app: 3000, emulator: 4010, postgres: 5433 };
const USERS = 1_200;

await runCommand(async () => {
  const stopped = stopSignal();
  loadEnvironmentFiles();
  const own = ownParts(process.env);
  if (own.database) await lookAtOwnDatabase(own.database.migrationUrl, own);

  await using database = own.database
    ? undefined
    : await openDevDatabase({ folder: FOLDER, port: PORTS.postgres, clerkKey: own.clerk?.secretKey });
  await using emulator = own.clerk
    ? undefined
    : await startEmulatorProcess({ port: PORTS.emulator, users: USERS, dataDirectory: path.join(FOLDER, "clerk") });
  const environment = {
    CRON_SECRET: process.env.CRON_SECRET || randomBytes(24).toString("base64url"),
    ...(database && { POSTGRES_URL: database.url, POSTGRES_URL_NON_POOLING: database.url }),
    ...(emulator && { ...emulator.environment, CLERK_JWT_KEY: "" }),
  };

  if (database && (await fill(environment, stopped)) === "stopped") return;
  await using app = await startAppProcess({ port: PORTS.app, environment, until: stopped });
  if (app.state === "stopped") return;
  await emulator?.deliverWebhooksTo(`${app.url}/api/webhooks/clerk`);
  console.log(summary({ database, emulator, app }));

  const end = await Promise.race([
    stopped,
    app.exited.then(() => "The app ended unexpectedly."),
    ...(database ? [database.exited.then((log) => `PostgreSQL ended unexpectedly. Its output:\n${log}`)] : []),
    ...(emulator ? [emulator.exited.then(() => "The Clerk emulator ended unexpectedly.")] : []),
  ]);
  if (end !== "stopped") throw new CommandError(end);
  console.log(`\nStopping.${database ? " The data stays in .rollcall/." : ""}`);
});

/** A developer's own database is only read. An emulated Clerk's users are never written to it. */
async function lookAtOwnDatabase(url: string, own: OwnParts): Promise<void> {
  const state = `POSTGRES_URL is set: \`pnpm dev\` writes nothing to your database. ${await migrationState(url)}`;
  if (own.clerk) {
    console.log(state);
    return;
  }
  throw new CommandError(
    `${state}
Its users are those of your Clerk, not an emulated one's. To run the app on it, set CLERK_SECRET_KEY and
NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY as well. To try Rollcall, unset POSTGRES_URL. Then \`pnpm dev\` again.`,
    2,
  );
}

/** A full sync into the database that `dev` created. After an earlier start, it only writes what changed. */
async function fill(environment: Record<string, string>, stopped: Promise<"stopped">): Promise<"filled" | "stopped"> {
  console.log("Syncing the users from Clerk to Postgres.");
  await using sync = startChild(path.join(repositoryRoot, "scripts", "sync-all-users.ts"), {
    env: { ...process.env, ...environment },
    stdio: ["pipe", "inherit", "inherit"],
    endsWithParent: true,
  });
  const end = await Promise.race([stopped, sync.exited]);
  if (end === "stopped") {
    await sync.stop("SIGINT"); // it ends after the current page
    return end;
  }
  const SOME_USERS_FAILED = 1; // each was reported
  if (end.code !== 0 && end.code !== SOME_USERS_FAILED) {
    throw new CommandError("The first sync failed. See its output above; `pnpm dev` resumes it.");
  }
  return "filled";
}

interface Running {
  database: DevDatabase | undefined;
  emulator: EmulatorProcess | undefined;
  app: AppProcess;
}

function summary({ database, emulator, app }: Running): string {
  const instead = (port: number, wanted: number) => (port === wanted ? "" : ` (port ${wanted} is taken)`);
  const appLines = [`  App          ${app.url}${instead(app.port, PORTS.app)}`];
  const clerkLines = emulator
    ? [
        `  Sign in as   ${emulator.environment.ADMIN_EMAIL} (admin) or ${emulator.environment.MEMBER_EMAIL}, password ${emulator.environment.SEED_PASSWORD}`,
        `  Clerk        ${emulator.environment.EMULATOR_URL}${instead(emulator.port, PORTS.emulator)}, emulated; codes for sign-ups appear in this terminal`,
      ]
    : [
        "  Clerk        yours. Its webhooks reach this machine by:",
        `               npx clerk webhooks listen --forward-to ${app.url}/api/webhooks/clerk`,
      ];
  const variables = [
    ...(database ? [`POSTGRES_URL=${database.url}`] : []),
    ...(emulator
      ? [
          `CLERK_API_URL=${emulator.environment.EMULATOR_URL}`,
          `CLERK_SECRET_KEY=${emulator.environment.CLERK_SECRET_KEY}`,
        ]
      : []),
  ];
  const databaseLines = database
    ? [
        `  Postgres     ${database.url}${instead(database.port, PORTS.postgres)}`,
        "",
        `  Look at it   psql ${database.url} -c 'SELECT * FROM "User" LIMIT 5'`,
      ]
    : ["  Postgres     yours, of POSTGRES_URL", ""];
  const lines = [
    ...appLines,
    ...clerkLines,
    ...databaseLines,
    `  Sync again   ${[...variables, "pnpm sync:all"].join(" ")}`,
  ];
  const kept = database || emulator ? " The data stays in .rollcall/; delete that folder to start over." : "";
  return `\nRollcall is up.\n\n${lines.join("\n")}\n\nCtrl-C stops all of it.${kept}\n`;
}
