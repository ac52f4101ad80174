import { parseArgs } from "node:util";
import { type Effect, type EffectsOnly, type EffectsSummary, type EffectType, effectTypes } from "@rollcall/sync";
import { type CommandContext, say } from "../context.ts";
import { exitCodeOf, exitCodes, explain } from "../exit-code.ts";

const USAGE = `Shows what the handlers of \`effects\` still have to do, and what failed.

  npx rollcall effects [--dead] [--json]
  npx rollcall effects --retry [--type T] [--user ID] [--json]
  npx rollcall effects --forget T [--json]

  --dead      list the effects that failed for a day, instead of the pending ones
  --retry     try failed effects again now, dead ones too: all, or those of one type or one user
  --type T    ${effectTypes.join(", ")}
  --user ID   the user's Clerk id
  --forget T  no process handles this type any more: its effects that were not delivered are dropped, and writes no
              longer add any. A process that still handles it registers it again when it starts: only users who sign
              up after that then count as new
  --json      the result as one line of JSON on stdout

Needs CLERK_SECRET_KEY and POSTGRES_URL, from the environment, .env.local or .env.
Exit: 0 done, 1 some effects failed again, 2 configuration, 3 the database mirrors another Clerk instance,
6 database unreachable.`;

const LISTED = 50; // effects

/** Lists the outbox, retries its failed effects, or forgets a type. */
export async function effects(args: string[], context: CommandContext): Promise<number> {
  const options = parseOptions(args);
  if (options.kind === "help") return say(context, process.stdout, USAGE, exitCodes.done);
  if (options.kind === "refused")
    return say(context, process.stderr, `${options.why}\n\n${USAGE}`, exitCodes.configuration);

  try {
    await using opened = await context.open();
    const { effects } = opened.rollcall;
    const answer = (result: object, text: string, exitCode: number = exitCodes.done) =>
      say(context, process.stdout, options.json ? JSON.stringify(result) : text, exitCode);
    switch (options.kind) {
      case "list": {
        const { state } = options;
        const summary = await effects.summary();
        const items = (await effects.list({ state, cursor: null, limit: LISTED }))?.items ?? [];
        const more = Math.max(0, summary[state] - items.length);
        return answer({ ...summary, state, items, more }, listForPeople(summary, { state, items, more }));
      }
      case "retry": {
        const retried = await effects.retry(options.only);
        const { delivered, failed } = await effects.deliver();
        const exitCode = failed > 0 ? exitCodes.someUsersFailed : exitCodes.done;
        return answer({ retried, delivered, failed }, retryForPeople(retried, delivered, failed), exitCode);
      }
      case "forget": {
        const dropped = await effects.unregister(options.type);
        return answer({ dropped }, `Done. ${options.type} is forgotten. Effects dropped: ${dropped}.`);
      }
    }
  } catch (error) {
    return say(context, process.stderr, explain(error), exitCodeOf(error));
  }
}

interface Listed {
  state: "pending" | "dead";
  items: Effect[];
  more: number;
}

function listForPeople({ types, pending, dead, dueSince }: EffectsSummary, { state, items, more }: Listed): string {
  return [
    ...(types.length === 0
      ? ["No process with handlers has started yet: nothing is added to the outbox."]
      : types.map(({ type, since }) => `${type.padEnd(12)} handled since ${since.toISOString()}`)),
    `Pending: ${pending}${dueSince === null ? "" : `, due since ${dueSince.toISOString()}`}. Dead: ${dead}.`,
    ...items.map((effect) => `  ${line(effect)}`),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...(state === "pending" && dead > 0 ? ["To list the dead ones: npx rollcall effects --dead"] : []),
    ...(dead > 0 ? ["To try them again: npx rollcall effects --retry"] : []),
  ].join("\n");
}

function line({ key, attempts, runAt, deadAt, lastError }: Effect): string {
  const when = deadAt === null ? `due ${runAt.toISOString()}` : `dead since ${deadAt.toISOString()}`;
  return [
    key,
    when,
    ...(attempts > 0 ? [`attempts: ${attempts}`] : []),
    ...(lastError === null ? [] : [lastError]),
  ].join(", ");
}

function retryForPeople(retried: number, delivered: number, failed: number): string {
  if (retried === 0) return "Nothing to do: no effect has failed.";
  const isDelivered = delivered + failed > 0;
  return [
    `Effects that are tried again: ${retried}.`,
    isDelivered
      ? `  delivered ${delivered}, failed ${failed}`
      : "  This process delivered none. Processes with handlers do: the app, after its next change, the cron route or a worker.",
    ...(failed > 0 ? ["  Why: npx rollcall effects"] : []),
  ].join("\n");
}

type Options =
  | { kind: "list"; state: "pending" | "dead"; json: boolean }
  | { kind: "retry"; only: EffectsOnly; json: boolean }
  | { kind: "forget"; type: EffectType; json: boolean }
  | { kind: "help" }
  | { kind: "refused"; why: string };

function parseOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      options: {
        dead: { type: "boolean", default: false },
        retry: { type: "boolean", default: false },
        type: { type: "string" },
        user: { type: "string" },
        forget: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    });
    const { dead, retry, user, forget, json } = values;
    if (values.help) return { kind: "help" };
    if ([dead, retry, forget !== undefined].filter(Boolean).length > 1)
      return { kind: "refused", why: "--dead, --retry and --forget exclude each other." };
    if (!retry && (values.type !== undefined || user !== undefined))
      return { kind: "refused", why: "--type and --user go with --retry." };
    if (forget !== undefined) return { kind: "forget", type: parseType("--forget", forget), json };
    if (!retry) return { kind: "list", state: dead ? "dead" : "pending", json };
    const type = values.type === undefined ? undefined : parseType("--type", values.type);
    return { kind: "retry", only: { type, userId: user }, json };
  } catch (error) {
    return { kind: "refused", why: error instanceof Error ? error.message : String(error) };
  }
}

function parseType(option: string, text: string): EffectType {
  const type = effectTypes.find((known) => known === text);
  if (type) return type;
  throw new Error(`${option} takes ${effectTypes.join(", ")}.`);
}
