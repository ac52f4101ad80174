import { type EventOutcome, eventOutcomes, type RunKind, type UserState, userStates } from "@rollcall/sync";
import { TRPCError } from "@trpc/server";
import { z } from "zod/v4";

/** Which run to start. Default: full. `dryRun`: one that writes nothing, and only counts what it would do. */
export type StartInput = { kind?: RunKind | undefined; dryRun?: boolean | undefined } | null | undefined;

export interface RunInput {
  runId: string;
}

/** A page of a list: `cursor` is the `nextCursor` of the previous page; `limit` is at most 100, by default 20. */
export type PageInput = { cursor?: string | null | undefined; limit?: number | undefined } | null | undefined;

/** A page of users. Default: live users. `search`: a Clerk id, or the beginning of an address or a name. */
export type UsersInput =
  | {
      state?: UserState | undefined;
      search?: string | undefined;
      cursor?: string | null | undefined;
      limit?: number | undefined;
    }
  | null
  | undefined;

export interface UserInput {
  /** Clerk's id. */
  id: string;
}

export interface SyncUserInput extends UserInput {
  /** Lift the user's tombstone, if Clerk knows the user. */
  revive?: boolean | undefined;
}

/** A page of the event log. */
export type EventsInput =
  | {
      source?: "webhook" | "read" | undefined;
      type?: string | undefined;
      outcome?: EventOutcome | undefined;
      userId?: string | undefined;
      cursor?: string | null | undefined;
      limit?: number | undefined;
    }
  | null
  | undefined;

/** A page of a run's missing users. `search`: part of an id, an address or a name. */
export interface MissingInput extends RunInput {
  search?: string | undefined;
  cursor?: string | null | undefined;
  limit?: number | undefined;
}

/** Up to 5,000 of a run's missing users. */
export interface ExportMissingInput extends RunInput {
  cursor?: string | null | undefined;
}

const startInput = z
  .object({ kind: z.enum(["full", "incremental"]).optional(), dryRun: z.boolean().optional() })
  .nullish();
const runInput = z.object({ runId: z.uuid() });
const pageInput = z.object({ cursor: z.uuid().nullish(), limit: z.int().min(1).max(100).optional() }).nullish();

// A cursor holds a name or an address and an id, in base64.
const cursor = z.string().max(2_500).nullish();
const limit = z.int().min(1).max(100).optional();
const search = z.string().max(320).optional();
const clerkId = z.string().regex(/^user_[A-Za-z0-9]{1,64}$/);

const usersInput = z.object({ state: z.enum(userStates).optional(), search, cursor, limit }).nullish();
const userInput = z.object({ id: clerkId });
const syncUserInput = userInput.extend({ revive: z.boolean().optional() });
const eventsInput = z
  .object({
    source: z.enum(["webhook", "read"]).optional(),
    type: z
      .string()
      .regex(/^[^\0]{1,100}$/)
      .optional(),
    outcome: z.enum(eventOutcomes).optional(),
    userId: clerkId.optional(),
    cursor,
    limit,
  })
  .nullish();
const missingInput = runInput.extend({ search, cursor, limit });
const exportMissingInput = runInput.extend({ cursor });

const PAGE_RULE = "cursor is the nextCursor of the previous page, limit a number from 1 to 100";

// Inputs are exposed as plain functions, so that a host does not need this package's zod.

export const parseStartInput = (value: unknown): StartInput =>
  parse(startInput, value, "kind is full or incremental, dryRun true or false");

export const parseRunInput = (value: unknown): RunInput => parse(runInput, value, "runId is a UUID");

export const parsePageInput = (value: unknown): PageInput => parse(pageInput, value, PAGE_RULE);

export const parseUsersInput = (value: unknown): UsersInput =>
  parse(usersInput, value, `state is ${userStates.join(", ")}; search has at most 320 characters; ${PAGE_RULE}`);

export const parseUserInput = (value: unknown): UserInput => parse(userInput, value, "id is a Clerk user id");

export const parseSyncUserInput = (value: unknown): SyncUserInput =>
  parse(syncUserInput, value, "id is a Clerk user id, revive true or false");

export const parseEventsInput = (value: unknown): EventsInput =>
  parse(
    eventsInput,
    value,
    `source is webhook or read; outcome is ${eventOutcomes.join(", ")}; type has at most 100 characters; userId is a Clerk user id; ${PAGE_RULE}`,
  );

export const parseMissingInput = (value: unknown): MissingInput =>
  parse(missingInput, value, `runId is a UUID; search has at most 320 characters; ${PAGE_RULE}`);

export const parseExportMissingInput = (value: unknown): ExportMissingInput =>
  parse(exportMissingInput, value, "runId is a UUID; cursor is the nextCursor of the previous part");

function parse<T>(schema: z.ZodType<T>, value: unknown, rule: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TRPCError({ code: "BAD_REQUEST", message: rule, cause: parsed.error });
}
