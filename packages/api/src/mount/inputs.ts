import { type EffectType, effectTypes, type RunKind } from "@rollcall/sync";
import { TRPCError } from "@trpc/server";
import { z } from "zod/v4";

/** Which run to start. Default: full. */
export type StartInput = { kind?: RunKind | undefined } | null | undefined;

export interface RunInput {
  runId: string;
}

/** A page of a list: `cursor` is the `nextCursor` of the previous page; `limit` is at most 100, by default 20. */
export type PageInput = { cursor?: string | null | undefined; limit?: number | undefined } | null | undefined;

/** A page of the outbox: pending effects, or those that failed for a day. `cursor` and `limit` as in `PageInput`. */
export interface EffectsInput {
  state: "pending" | "dead";
  cursor?: string | null | undefined;
  limit?: number | undefined;
}

/** Which effect to retry. Default: all that failed. */
export type RetryEffectInput = { type: EffectType; userId: string } | null | undefined;

const startInput = z.object({ kind: z.enum(["full", "incremental"]).optional() }).nullish();
const runInput = z.object({ runId: z.uuid() });
const pageInput = z.object({ cursor: z.uuid().nullish(), limit: z.int().min(1).max(100).optional() }).nullish();

const effectsInput = z.object({
  state: z.enum(["pending", "dead"]),
  cursor: z.string().max(600).nullish(),
  limit: z.int().min(1).max(100).optional(),
});
const retryEffectInput = z.object({ type: z.enum(effectTypes), userId: z.string().min(1).max(256) }).nullish();

// Inputs are exposed as plain functions, so that a host does not need this package's zod.

export const parseStartInput = (value: unknown): StartInput => parse(startInput, value, "kind is full or incremental");

export const parseRunInput = (value: unknown): RunInput => parse(runInput, value, "runId is a UUID");

export const parsePageInput = (value: unknown): PageInput =>
  parse(pageInput, value, "cursor is the nextCursor of the previous page, limit a number from 1 to 100");

export const parseEffectsInput = (value: unknown): EffectsInput =>
  parse(
    effectsInput,
    value,
    "state is pending or dead, cursor the nextCursor of the previous page, limit a number from 1 to 100",
  );

export const parseRetryEffectInput = (value: unknown): RetryEffectInput =>
  parse(retryEffectInput, value, `type is ${effectTypes.join(", ")}, userId a Clerk user id`);

function parse<T>(schema: z.ZodType<T>, value: unknown, rule: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TRPCError({ code: "BAD_REQUEST", message: rule, cause: parsed.error });
}
