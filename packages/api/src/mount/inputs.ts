import { TRPCError } from "@trpc/server";
import { z } from "zod";

const runInput = z.object({ runId: z.uuid() });

/** Inputs are plain functions to the outside, so that no host has to share this package's zod. */
export function parseRunInput(value: unknown): { runId: string } {
  const parsed = runInput.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TRPCError({ code: "BAD_REQUEST", message: "runId is a UUID", cause: parsed.error });
}
