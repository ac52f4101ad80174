import type { RunKind } from "@rollcall/sync";
import { TRPCError } from "@trpc/server";
import { z } from "zod/v4";

/** Which run to start; a full one where nothing is said. */
export type StartInput = { kind?: RunKind | undefined } | null | undefined;

export interface RunInput {
  runId: string;
}

/** A page of a list: `cursor` = the `nextCursor` of the page before; at most 100 items, 20 where nothing is said. */
export type PageInput = { cursor?: string | null | undefined; limit?: number | undefined } | null | undefined;

const startInput = z.object({ kind: z.enum(["full", "incremental"]).optional() }).nullish();
const runInput = z.object({ runId: z.uuid() });
const pageInput = z.object({ cursor: z.uuid().nullish(), limit: z.int().min(1).max(100).optional() }).nullish();

// Inputs are plain functions to the outside, so that no host has to share this package's zod.

export const parseStartInput = (value: unknown): StartInput => parse(startInput, value, "kind is full or incremental");

export const parseRunInput = (value: unknown): RunInput => parse(runInput, value, "runId is a UUID");

export const parsePageInput = (value: unknown): PageInput =>
  parse(pageInput, value, "cursor is the nextCursor of the page before, limit a number from 1 to 100");

function parse<T>(schema: z.ZodType<T>, value: unknown, rule: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TRPCError({ code: "BAD_REQUEST", message: rule, cause: parsed.error });
}
