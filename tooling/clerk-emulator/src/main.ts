import { parseArgs } from "node:util";
import { type Emulator, startEmulator } from "./emulator.ts";
import { EmulatorError } from "./emulator-error.ts";

const USAGE = `Usage: tsx src/main.ts [options]
  --port N               where to listen (default: any free port)
  --host NAME            a loopback address (default 127.0.0.1)
  --users N              how many users a new instance is seeded with (default 1200)
  --data DIRECTORY       keep instance, keys, users and sessions here (default: nowhere)
  --webhook-url URL      send webhooks there, signed with the instance's own secret
  --until-stdin-ends     stop when stdin ends, as it does when the parent process is killed
Prints KEY=value lines, then "ready"; codes that Clerk would mail go to stderr. Stops on SIGINT and SIGTERM.`;

function readOptions() {
  try {
    return parseArgs({
      options: {
        port: { type: "string" },
        host: { type: "string" },
        users: { type: "string" },
        data: { type: "string" },
        "webhook-url": { type: "string" },
        "until-stdin-ends": { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new EmulatorError("INVALID_OPTION", error instanceof Error ? error.message : String(error));
  }
}

/** What a program under test needs to know, as lines of an environment file. */
function describe(emulator: Emulator): string {
  return Object.entries({
    EMULATOR_URL: emulator.url,
    CLERK_API_URL: emulator.url,
    CLERK_SECRET_KEY: emulator.secretKey,
    NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: emulator.publishableKey,
    NEXT_PUBLIC_CLERK_PROXY_URL: emulator.proxyUrl,
    NEXT_PUBLIC_CLERK_JS_URL: emulator.clerkJsUrl,
    NEXT_PUBLIC_CLERK_UI_URL: emulator.clerkUiUrl,
    CLERK_WEBHOOK_SIGNING_SECRET: emulator.webhookSigningSecret,
    CLERK_INSTANCE_ID: emulator.instanceId,
    ADMIN_USER_ID: emulator.adminUserId,
    ADMIN_EMAIL: emulator.adminEmail,
    MEMBER_USER_ID: emulator.memberUserId,
    MEMBER_EMAIL: emulator.memberEmail,
    SEED_PASSWORD: emulator.seedPassword,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const emulator = await startEmulator({
    log: console.error,
    ...(options.port === undefined ? {} : { port: Number(options.port) }),
    ...(options.users === undefined ? {} : { users: Number(options.users) }),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(options.data === undefined ? {} : { dataDirectory: options.data }),
    ...(options["webhook-url"] === undefined ? {} : { webhooks: { url: options["webhook-url"] } }),
  });
  const stop = () => emulator.stop().then(() => process.exit(0));
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  if (options["until-stdin-ends"]) process.stdin.resume().once("end", stop);
  process.stdout.write(`${describe(emulator)}ready\n`);
}

main().catch((error: unknown) => {
  const expected = error instanceof EmulatorError;
  console.error(expected ? `${error.message}${error.code === "INVALID_OPTION" ? `\n\n${USAGE}` : ""}` : error);
  process.exit(expected && error.code === "INVALID_OPTION" ? 2 : 1);
});
