import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import type { Machine } from "./report.ts";

export const describeMachine = (postgres: string): Machine => ({
  date: new Date().toISOString().slice(0, 10),
  processor: cpus()[0]?.model.trim() || "unknown processor",
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${release()}`,
  node: process.versions.node,
  postgres,
});
