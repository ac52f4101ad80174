import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { openProtectedCalls } from "../contenders/protected-calls.ts";
import { answer, asked } from "./message.ts";

const optionsSchema = z.object({
  databaseUrl: z.string(),
  clerk: z.object({ url: z.string(), secretKey: z.string(), publishableKey: z.string() }),
  who: z.enum(["rollcall", "peer"]),
  /** One for each call. */
  tokens: z.array(z.string()),
});
export type StampedeOptions = z.infer<typeof optionsSchema>;

const LOOK_EVERY_MS = 5;

const { databaseUrl, clerk, who, tokens } = optionsSchema.parse(await asked());
const calls = openProtectedCalls(databaseUrl, clerk);
const call = who === "rollcall" ? calls.synced : calls.usual;

const before = process.memoryUsage.rss();
let most = before;
let isOver = false;
const watching = (async () => {
  while (!isOver) {
    most = Math.max(most, process.memoryUsage.rss());
    await pause(LOOK_EVERY_MS);
  }
})();
const start = performance.now();
const results = await Promise.allSettled(tokens.map(call));
const ms = performance.now() - start;
isOver = true;
await watching;
await calls[Symbol.asyncDispose]();
answer({ ms, failed: results.filter(({ status }) => status === "rejected").length, rss: { before, most } });
