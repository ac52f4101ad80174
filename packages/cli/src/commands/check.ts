import { parseArgs } from "node:util";
import { type CheckReport, runChecks } from "@rollcall/sync";
import { environmentChecks } from "../checks/environment.ts";
import { webhookRoute } from "../checks/webhook-route.ts";
import { type CommandContext, say } from "../context.ts";
import { exitCodes, explain } from "../exit-code.ts";

const USAGE = `Says what is wrong with this setup, and how to fix it. It only reads, unless you ask it to fix.

  npx rollcall check [--url https://your.app] [--fix] [--json]

  --url    where the app runs, or the webhook's full address (default: APP_URL, or the first of APP_ORIGIN)
  --fix    apply migrations, and create missing indexes of Rollcall's tables; it changes nothing else
  --json   an array on stdout, one object a check: {id, title, status: "ok"|"finding"|"skipped", …}

Exit: 0 nothing wrong, 1 a finding, 2 a wrong option.`;

/** Says what is wrong with the setup. */
export async function check(args: string[], context: CommandContext): Promise<number> {
  const options = parseOptions(args);
  if (typeof options === "string") {
    return say(context, process.stderr, `${options}\n\n${USAGE}`, exitCodes.configuration);
  }
  if (options.help) return say(context, process.stdout, USAGE, exitCodes.done);

  const engine = await checkEngine(context, options);
  const works = (id: string) => engine.some((report) => report.id === id && report.status === "ok");
  const environment = await runChecks(environmentChecks, { environment: process.env, works });
  const route = await runChecks([webhookRoute], { appUrl: options.url ?? appUrl(process.env) });
  const reports = [...environment, ...engine, ...route];

  const hasFinding = reports.some(({ status }) => status === "finding");
  const text = options.json ? JSON.stringify(reports) : reports.map(forPeople).join("\n");
  return say(context, process.stdout, text, hasFinding ? exitCodes.someUsersFailed : exitCodes.done);
}

const OPENING = { id: "rollcall", title: "Rollcall starts" };

/** If Rollcall does not start, that is the finding, and the other checks cannot run. */
async function checkEngine({ open }: CommandContext, { fix }: Options): Promise<CheckReport[]> {
  try {
    await using opened = await open();
    return [{ ...OPENING, status: "ok" }, ...(await opened.rollcall.check({ fix }))];
  } catch (error) {
    const remedy = "Fix that first: nothing else was checked.";
    return [{ ...OPENING, status: "finding", severity: "error", message: explain(error), remedy }];
  }
}

function forPeople(report: CheckReport): string {
  switch (report.status) {
    case "ok":
      return `✓ ${report.title}${report.message === undefined ? "" : ` (${report.message})`}`;
    case "skipped":
      return `- ${report.title}: skipped, ${report.why}`;
    case "finding":
      return [
        `${report.severity === "error" ? "✗" : "!"} ${report.title}`,
        ...indented(report.message, "  "),
        ...indented(report.remedy, "  → "),
      ].join("\n");
  }
}

const indented = (text: string, mark: string): string[] => text.split("\n").map((line) => `${mark}${line}`);

function appUrl({ APP_URL, APP_ORIGIN }: NodeJS.ProcessEnv): URL | undefined {
  const address = APP_URL || APP_ORIGIN?.split(",")[0]?.trim();
  return address && URL.canParse(address) ? new URL(address) : undefined;
}

interface Options {
  help: boolean;
  json: boolean;
  fix: boolean;
  url: URL | undefined;
}

function parseOptions(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== "--"), // some package managers pass it on
      options: {
        url: { type: "string" },
        fix: { type: "boolean", default: false },
        json: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const { url, ...flags } = values;
    if (url !== undefined && !/^https?:\/\//.test(url)) return "--url is the app's address, as in https://your.app.";
    return { ...flags, url: url === undefined ? undefined : new URL(url) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
