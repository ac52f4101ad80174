import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { startChild } from "../src/process/child.ts";
import { run } from "./program.ts";

const BUNDLER = path.join(import.meta.dirname, "programs", "spawn-like-a-bundler.ts");
const LAUNCHER = path.join(import.meta.dirname, "programs", "launch-stay.ts");

test("a child that ends with its parent may start its own workers, with its exec arguments and without a stdin", async () => {
  await using child = startChild(BUNDLER, {
    args: ["one", "two"],
    env: process.env,
    stdio: ["pipe", "pipe", "inherit"],
    endsWithParent: true,
  });
  if (!child.stdout) throw new Error("Its output is piped.");
  expect(await text(child.stdout)).toBe("the worker ran\nit ended with 0; the arguments: one,two\n");
  expect(await child.exited).toEqual({ code: 0, signal: null });
});

test("it ends when its parent is killed", async () => {
  const mark = `--mark=${randomUUID()}`;
  await using launcher = run(["--import", "tsx", LAUNCHER, mark]);
  const isRunning = () =>
    execFileSync("ps", ["-Aww", "-o", "args="], { encoding: "utf8" }).includes(`/stay.ts ${mark}`);
  await expect.poll(isRunning, { timeout: 30_000 }).toBe(true);

  launcher.kill("SIGKILL");
  await expect.poll(isRunning, { timeout: 30_000 }).toBe(false);
});
