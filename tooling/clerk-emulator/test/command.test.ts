import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createClerkClient } from "@clerk/backend";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { programFile } from "../../dev-stack/src/testing/program-file.ts";

/** The command as a separate process. `ready` resolves to its output, once it is ready. */
function run(...options: string[]) {
  const child = spawn(process.execPath, [programFile("clerk-emulator"), ...options], { stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  const ready = new Promise<Record<string, string>>((resolve) => {
    child.stdout.on("data", (chunk: Buffer) => {
      stdout += chunk.toString();
      if (!/^ready$/m.test(stdout)) return;
      resolve(Object.fromEntries(stdout.split("\n").flatMap((line) => [/^(\w+)=(.*)$/.exec(line)?.slice(1) ?? []])));
    });
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exited = new Promise<number | null>((resolve) => child.once("close", resolve));
  return { child, ready, exited, errors: () => stderr };
}

function sdk(environment: Record<string, string>) {
  const { CLERK_SECRET_KEY: secretKey = "", CLERK_API_URL: apiUrl = "" } = environment;
  return createClerkClient({ secretKey, apiUrl });
}

test("the command prints what a program needs to know, and stops on SIGTERM and SIGINT", async () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    const command = run("--users", "20");
    const environment = await command.ready;
    expect(environment).toMatchObject({
      EMULATOR_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      CLERK_SECRET_KEY: expect.stringMatching(/^sk_live_/),
      NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY: expect.stringMatching(/^pk_live_/),
      NEXT_PUBLIC_CLERK_PROXY_URL: expect.stringMatching(/^http:\/\/localhost:\d+\/__clerk$/),
      NEXT_PUBLIC_CLERK_JS_URL: expect.stringMatching(/^http:\/\/localhost:\d+\/npm\/.*\.js$/),
      NEXT_PUBLIC_CLERK_UI_URL: expect.stringMatching(/^http:\/\/localhost:\d+\/npm\/.*\.js$/),
      CLERK_WEBHOOK_SIGNING_SECRET: expect.stringMatching(/^whsec_/),
      SEED_PASSWORD: expect.stringMatching(/.{8}/),
    });
    expect((await sdk(environment).users.getUser(environment.ADMIN_USER_ID ?? "")).publicMetadata.role).toBe("admin");
    command.child.kill(signal);
    expect(await command.exited).toBe(0);
  }
});

test("a code that Clerk would email appears in the terminal, separate from the KEY=value lines", async () => {
  const command = run("--users", "20");
  const { NEXT_PUBLIC_CLERK_PROXY_URL: proxyUrl = "", MEMBER_EMAIL: identifier = "" } = await command.ready;
  const created = await fetch(`${proxyUrl}/v1/client/sign_ins`, {
    method: "POST",
    body: new URLSearchParams({ identifier }),
  });
  const cookie = created.headers.getSetCookie().map((line) => line.split(";")[0]);
  const { id } = z.object({ response: z.object({ id: z.string() }) }).parse(await created.json()).response;
  await fetch(`${proxyUrl}/v1/client/sign_ins/${id}/prepare_first_factor`, {
    method: "POST",
    headers: { cookie: cookie.join("; ") },
    body: new URLSearchParams({ strategy: "email_code" }),
  });
  await expect.poll(command.errors, { timeout: 10_000 }).toMatch(/^Verification code for member@example\.com: \d{6}$/m);
});

test("answered changes survive a kill of the process", async () => {
  const directory = await mkdtemp(path.join(tmpdir(), "clerk-emulator-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const first = run("--users", "20", "--data", directory);
  const environment = await first.ready;
  const created = await Promise.all(
    Array.from({ length: 50 }, (_, index) => sdk(environment).users.createUser({ username: `survivor${index}` })),
  );
  first.child.kill("SIGKILL");
  await first.exited;

  const second = run("--data", directory);
  const again = await second.ready;
  expect(again.CLERK_SECRET_KEY).toBe(environment.CLERK_SECRET_KEY);
  const { data } = await sdk(again).users.getUserList({ userId: created.map(({ id }) => id), limit: 100 });
  expect(data).toHaveLength(50);
});

test("the command ends with its parent if it watches stdin", async () => {
  const command = run("--users", "20", "--until-stdin-ends");
  await command.ready;
  command.child.stdin.end();
  expect(await command.exited).toBe(0);
});

test("a taken port, another machine's address and unknown options are reported, not thrown", async () => {
  const holder = run("--users", "20");
  const { EMULATOR_URL = "" } = await holder.ready;
  const second = run("--users", "20", "--port", new URL(EMULATOR_URL).port);
  expect(await second.exited).toBe(1);
  expect(second.errors()).toMatch(/^Port \d+ of 127\.0\.0\.1 is in use\. Choose another one/);

  const open = run("--host", "0.0.0.0");
  expect(await open.exited).toBe(1);
  expect(open.errors()).toMatch(/listens only on this machine/);

  for (const options of [
    ["--prot", "1"],
    ["--users", "many"],
    ["--users", "1"],
    ["--webhook-url", "https://example.com"],
  ]) {
    const wrong = run(...options);
    expect(await wrong.exited).toBe(2);
    expect(wrong.errors()).toMatch(/Usage:/);
  }
});
