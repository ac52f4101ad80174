import { z } from "zod";
import { invalidParameter, unprocessable } from "../api-error.ts";
import type { Directory } from "../store/directory.ts";
import type { Page, UserFilter } from "../store/listing.ts";
import { isOrderField } from "../store/order.ts";

const DEFAULT_LIMIT = 10;
const LARGEST_LIMIT = 500;
/** "Accepts up to 100 …", for every parameter that can be repeated. */
const MOST_VALUES = 100;

type Query = Record<string, string[]>;

/** A parameter that counts once: of several, Clerk keeps the first. */
function once<Schema extends z.ZodType<unknown, string>>(schema: Schema) {
  return z
    .array(z.string())
    .transform(([first = ""]) => first)
    .pipe(schema)
    .optional();
}

const number = z
  .string()
  .regex(/^-?\d{1,15}$/, "must be a whole number")
  .transform(Number);
const boolean = z.enum(["true", "false"]).transform((text) => text === "true");
const many = z.array(z.string()).max(MOST_VALUES, `at most ${MOST_VALUES} values`).default([]);
const text = once(z.string());
const moment = once(number);

const filterSchema = z.object({
  user_id: many,
  email_address: many,
  phone_number: many,
  username: many,
  external_id: many,
  web3_wallet: many,
  organization_id: many,
  provider: many,
  provider_user_id: many,
  query: text,
  email_address_query: text,
  phone_number_query: text,
  username_query: text,
  name_query: text,
  banned: once(boolean),
  created_at_after: moment,
  created_at_before: moment,
  last_active_at_after: moment,
  last_active_at_since: moment,
  last_active_at_before: moment,
  last_sign_in_at_after: moment,
  last_sign_in_at_before: moment,
});

const pageSchema = z.object({
  limit: once(number.pipe(z.int().min(1, "must be at least 1"))),
  offset: once(number.pipe(z.int().min(0, "must not be negative"))),
  order_by: text,
  starting_after: text,
});

/** @throws ApiError 422 */
export function parseFilter(query: Query): UserFilter {
  const asked = parse(filterSchema, query);
  const users = signed(asked.user_id);
  const externalIds = signed(asked.external_id);
  const plain = (["email_address", "phone_number", "username"] as const).map((kind) => ({
    kind,
    values: asked[kind],
    without: [],
  }));
  const parts = [
    { kind: "email_address", text: asked.email_address_query },
    { kind: "phone_number", text: asked.phone_number_query },
    { kind: "username", text: asked.username_query },
    { kind: "name", text: asked.name_query },
  ] as const;
  return {
    ids: users.values.length > 0 ? users.values : undefined,
    withoutIds: users.without.length > 0 ? users.without : undefined,
    identifiers: [...plain, { kind: "external_id" as const, ...externalIds }].filter(
      ({ values, without }) => values.length + without.length > 0,
    ),
    query: asked.query,
    partOf: parts.flatMap(({ kind, text }) => (text === undefined ? [] : [{ kind, text }])),
    banned: asked.banned,
    createdAt: { after: asked.created_at_after, before: asked.created_at_before },
    lastActiveAt: {
      after: asked.last_active_at_after ?? asked.last_active_at_since,
      before: asked.last_active_at_before,
    },
    lastSignInAt: { after: asked.last_sign_in_at_after, before: asked.last_sign_in_at_before },
    impossible:
      asked.web3_wallet.length + asked.provider.length + asked.provider_user_id.length > 0 ||
      signed(asked.organization_id).values.length > 0,
  };
}

/** @throws ApiError 422, also for the cursor rules: `created_at` order only, no offset, a user who still exists. */
export function parsePage(query: Query, directory: Directory): Page {
  const asked = parse(pageSchema, query);
  const [, sign, field] = /^([+\s-]?)(.*)$/s.exec(asked.order_by ?? "-created_at") ?? [];
  if (field === undefined || !isOrderField(field)) {
    throw invalidParameter("order_by", `order_by can't be ${asked.order_by}.`);
  }
  const limit = asked.limit ?? DEFAULT_LIMIT;
  const page = {
    field,
    descending: sign === "-",
    limit: limit > LARGEST_LIMIT ? DEFAULT_LIMIT : limit,
    offset: asked.offset ?? 0,
  };
  const cursor = asked.starting_after;
  if (cursor === undefined) return page;
  if (field !== "created_at") {
    throw invalidParameter("starting_after", "starting_after goes with the order of created_at only.");
  }
  if (page.offset > 0) throw invalidParameter("starting_after", "starting_after can't be combined with an offset.");
  const after = directory.get(cursor);
  if (!after) throw invalidParameter("starting_after", `No user was found with id ${cursor}.`);
  return { ...page, after };
}

function parse<Schema extends z.ZodType>(schema: Schema, query: Query): z.output<Schema> {
  const given = Object.entries(query).map(([name, values]) => [name, values.filter((value) => value !== "")] as const);
  const parsed = schema.safeParse(Object.fromEntries(given.filter(([, values]) => values.length > 0)), {
    reportInput: true,
  });
  if (!parsed.success) throw unprocessable(parsed.error);
  return parsed.data;
}

/** Ids with a sign: `-` excludes the id; `+`, which a URL turns into a space, is the same as none. */
function signed(ids: readonly string[]): { values: string[]; without: string[] } {
  return {
    values: ids.filter((id) => !id.startsWith("-")).map((id) => id.replace(/^[+\s]/, "")),
    without: ids.filter((id) => id.startsWith("-")).map((id) => id.slice(1)),
  };
}
