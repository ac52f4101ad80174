import { type ApplicationTables, defaultTables } from "../../src/database/tables.ts";

/** An application with a column of each kind for more of Clerk's fields. */
export const extraColumnTables: ApplicationTables = {
  ...defaultTables,
  user: {
    ...defaultTables.user,
    columns: {
      ...defaultTables.user.columns,
      firstName: "first name",
      lastName: "lastName",
      username: "username",
      phone: "phone",
      phoneVerified: "phoneVerified",
      externalId: "externalId",
      banned: "banned",
      clerkCreatedAt: "clerkCreatedAt",
      publicMetadata: "metadata",
      "publicMetadata.plan": "plan",
      "publicMetadata.seats": "seats",
      "publicMetadata.it's": "settings",
      unsafeMetadata: { column: "preferences", acceptsUserInput: true },
    },
  },
};

/** Its time has no time zone, so it differs from the session's. */
export const EXTRA_COLUMNS = `
  create type "Tier" as enum ('free', 'pro');
  alter table "User" add "first name" text, add "lastName" text, add username text unique, add phone varchar(20),
    add "phoneVerified" boolean not null default false, add "externalId" text unique, add banned boolean not null default false,
    add "clerkCreatedAt" timestamp(3), add metadata jsonb not null default '{}', add plan "Tier", add seats integer,
    add settings jsonb, add preferences jsonb`;

/** What the columns of a user hold, with times as epoch ms. */
export interface ExtraRow {
  id: string;
  "first name": string | null;
  lastName: string | null;
  username: string | null;
  phone: string | null;
  phoneVerified: boolean;
  externalId: string | null;
  banned: boolean;
  clerkCreatedAt: number | null;
  metadata: Record<string, unknown>;
  plan: string | null;
  seats: number | null;
  settings: unknown;
  preferences: Record<string, unknown> | null;
}

export const extraRows = `select id, "first name", "lastName", username, phone, "phoneVerified", "externalId", banned,
  (extract(epoch from "clerkCreatedAt") * 1000)::float8 as "clerkCreatedAt", metadata, plan::text, seats,
  case settings when 'null' then '"the null of JSON"' else settings end as settings, preferences
  from "User" order by id collate "C"`;

/** The columns of a tombstone, which says nothing about its user. */
export const emptyExtra = (id: string): ExtraRow => ({
  id,
  "first name": null,
  lastName: null,
  username: null,
  phone: null,
  phoneVerified: false,
  externalId: null,
  banned: false,
  clerkCreatedAt: null,
  metadata: {},
  plan: null,
  seats: null,
  settings: null,
  preferences: {},
});

/** What Clerk may say about a user, as `userReader` reads it. */
export const extraOf = (id: string, createdAt: Date): Record<string, unknown> => ({
  firstName: id.slice("user_".length),
  lastName: null,
  username: id.toLowerCase(),
  phone: "+15555550100",
  phoneVerified: true,
  externalId: `own of ${id}`,
  banned: false,
  clerkCreatedAt: createdAt.getTime(),
  publicMetadata: { plan: "pro", seats: 3, "it's": ["a", { b: 1 }] },
  "publicMetadata.plan": "pro",
  "publicMetadata.seats": 3,
  "publicMetadata.it's": ["a", { b: 1 }],
  unsafeMetadata: { theme: "dark" },
});
