import { z } from "zod";
import { EmulatorError } from "./emulator-error.ts";
import { CLERK_JS_PATH, CLERK_UI_PATH } from "./frontend-api/browser-bundles.ts";
import { isLoopback } from "./loopback.ts";
import { ADMIN_EMAIL, FEWEST_USERS, MEMBER_EMAIL, SEED_PASSWORD, seedUsers } from "./seed/seed.ts";
import { emulatorApp, FRONTEND_PATH, listen, portOf } from "./server.ts";
import { tokenLifetimeSchema } from "./session-token.ts";
import { newInstance, publishableKey } from "./store/instance.ts";
import { Store } from "./store/store.ts";
import { WebhookDispatcher } from "./webhooks/dispatcher.ts";
import { webhookChangesSchema } from "./webhooks/settings.ts";

const optionsSchema = z.strictObject({
  /** 0: any free port. */
  port: z.int().min(0).max(65_535).default(0),
  host: z.string().default("127.0.0.1"),
  /** How many users a new instance is seeded with. */
  users: z.int().min(FEWEST_USERS).max(1_000_000).default(1200),
  /** Where instance, keys, users and sessions are stored; without it, they end with the process. */
  dataDirectory: z.string().min(1).optional(),
  /** The id of a new instance, from which its users' ids are derived. Default: random. */
  instanceId: z
    .string()
    .regex(/^ins_[A-Za-z0-9]+$/)
    .optional(),
  /** Where webhooks go at first, how they are signed, and what goes wrong on their way. */
  webhooks: webhookChangesSchema.default({}),
  /** How long the session tokens of a browser are valid; Clerk's are for 60 s. */
  tokenLifetimeSeconds: tokenLifetimeSchema.optional(),
  /** Gets lines for the person at the terminal: codes that Clerk would email, and unknown requests of a browser. */
  log: z.custom<(line: string) => void>((value) => typeof value === "function").default(() => () => undefined),
});

export type EmulatorOptions = z.input<typeof optionsSchema>;

/** A running Clerk. */
export type Emulator = AsyncDisposable & {
  /** Where it listens, without a path: the value of `CLERK_API_URL`. */
  url: string;
  secretKey: string;
  publishableKey: string;
  /** What a browser needs instead of Clerk's: `NEXT_PUBLIC_CLERK_PROXY_URL`, `…_JS_URL` and `…_UI_URL`, on localhost. */
  proxyUrl: string;
  clerkJsUrl: string;
  clerkUiUrl: string;
  webhookSigningSecret: string;
  instanceId: string;
  adminUserId: string;
  adminEmail: string;
  memberUserId: string;
  memberEmail: string;
  /** The id of a user who was deleted before the emulator started. */
  deletedUserId: string;
  /** The password of all seeded users. */
  seedPassword: string;
  stop(): Promise<void>;
};

/**
 * Starts a Clerk on this machine that the real SDKs talk to, with the users of the data directory, or with a new seed. The caller
 * must stop it, with `stop()` or `await using`.
 * @throws EmulatorError with a message that says what to do.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new EmulatorError("INVALID_OPTION", z.prettifyError(parsed.error));
  const { port, host, users, dataDirectory, instanceId, webhooks, tokenLifetimeSeconds, log } = parsed.data;
  if (!isLoopback(host)) {
    throw new EmulatorError(
      "NOT_LOOPBACK",
      `The emulator listens only on this machine, not on ${host}. Leave the host out.`,
    );
  }

  const store = await Store.open(dataDirectory, () => {
    const instance = newInstance(instanceId);
    return { instance, users: seedUsers(instance.id, users) };
  });
  const { instance } = store;
  const dispatcher = new WebhookDispatcher(instance.id, instance.webhookSigningSecret, webhooks);
  store.listen((event) => dispatcher.send(event));
  const app = emulatorApp(store, dispatcher, { tokenLifetimeSeconds, log });
  const server = await listen(app, host, port).catch((error: unknown) => {
    store.close();
    throw error;
  });

  async function stop(): Promise<void> {
    dispatcher.stop();
    if (server.listening) {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    }
    store.close();
  }

  // Cookies depend on the host's name, so a browser must find the emulator under the application's.
  const forBrowsers = `http://localhost:${portOf(server)}`;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${portOf(server)}`,
    secretKey: instance.secretKey,
    publishableKey: publishableKey(instance),
    proxyUrl: `${forBrowsers}${FRONTEND_PATH}`,
    clerkJsUrl: `${forBrowsers}${CLERK_JS_PATH}`,
    clerkUiUrl: `${forBrowsers}${CLERK_UI_PATH}`,
    webhookSigningSecret: dispatcher.settings.secret,
    instanceId: instance.id,
    adminUserId: instance.adminUserId,
    adminEmail: ADMIN_EMAIL,
    memberUserId: instance.memberUserId,
    memberEmail: MEMBER_EMAIL,
    deletedUserId: instance.deletedUserId,
    seedPassword: SEED_PASSWORD,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
