import { runChecks } from "@rollcall/sync";
import { expect, test } from "vitest";
import { environmentChecks } from "../src/checks/environment.ts";
import { withoutSecrets } from "../src/without-secrets.ts";

const COMPLETE = {
  DATABASE_URL: "postgresql://me:hunter2@db.example.com/app",
  CLERK_SECRET_KEY: "sk_test_secret",
  NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "pk_test_public",
  CLERK_WEBHOOK_SIGNING_SECRET: "whsec_secret",
  CRON_SECRET: "0123456789abcdef",
};

const findings = async (environment: NodeJS.ProcessEnv, working: string[] = []) =>
  (await runChecks(environmentChecks, { environment, works: (id) => working.includes(id) })).filter(
    ({ status }) => status === "finding",
  );

test("a complete environment has nothing wrong", async () => {
  expect(await findings(COMPLETE)).toEqual([]);
});

test.each<[string, NodeJS.ProcessEnv, RegExp]>([
  ["no database", { DATABASE_URL: "" }, /None of .*DATABASE_URL is set/],
  ["no secret key", { CLERK_SECRET_KEY: undefined }, /CLERK_SECRET_KEY is not set/],
  ["half of the pair", { NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: undefined }, /PUBLISHABLE_KEY is not set/],
  [
    "keys of two kinds",
    { CLERK_SECRET_KEY: "sk_live_secret" },
    /a production instance, the publishable key one of a development/,
  ],
  [
    "the webhook's secret under another name",
    { CLERK_WEBHOOK_SIGNING_SECRET: undefined, CLERK_WEBHOOK_SECRET: "whsec_secret" },
    /is in CLERK_WEBHOOK_SECRET, but Rollcall reads CLERK_WEBHOOK_SIGNING_SECRET/,
  ],
  ["a short secret of the cron route", { CRON_SECRET: "short" }, /fewer than 16 characters/],
])("%s is found, and no value is shown", async (_, differences, message) => {
  const found = await findings({ ...COMPLETE, ...differences });
  expect(found).toEqual([expect.objectContaining({ message: expect.stringMatching(message) })]);
  expect(JSON.stringify(found)).not.toMatch(/hunter2|_secret"|_secret /);
});

test("a setting that works is no finding, even if its variable has another name", async () => {
  const own = { NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: "pk_test_public", CLERK_WEBHOOK_SECRET: "whsec_secret" };
  expect(await findings(own, ["database", "clerk-key", "webhook-secret"])).toEqual([]);
});

test("an error's text loses connection strings, Clerk's keys, and the values of secret variables", () => {
  const text =
    "postgresql://me:hunter2@host/db and sk_live_abc123, whsec_xyz= at https://example.com/docs, token tok-12345678, port 5432";
  expect(withoutSecrets(text, { MY_TOKEN: "tok-12345678", DB_URL: "5432" })).toBe(
    "postgresql://… and sk_live_…, whsec_… at https://example.com/docs, token [MY_TOKEN], port 5432",
  );
});
