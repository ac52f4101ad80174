import { randomUUID } from "node:crypto";
import { type ApplicationTables, defaultTables } from "../../src/database/tables.ts";

/** Whether Clerk's id is the primary key, or a column beside the application's own ids; or columns for more of Clerk's fields. */
export type Mapping = "default" | "own ids" | "extra columns";

declare module "vitest" {
  export interface ProvidedContext {
    /** The mapping of hosts that do not ask for one. Given by the project's configuration. */
    mapping: Mapping;
  }
}

export const ownIdTables: ApplicationTables = {
  user: { ...defaultTables.user, id: "pk", newId: randomUUID },
  customer: { table: "Customer", userKey: "owner", name: "name" },
};

/**
 * Gives the tables ids of the application's own: `User.id` holds Clerk's id, or nothing, `User.pk` is the primary key, and
 * `Customer.owner` refers to it. The times are without a time zone. So that one test serves both mappings,
 * triggers keep `Customer.authUserId` as in the default one: Clerk's id of the owner.
 */
export const OWN_IDS = `
  alter table "Customer" drop constraint "Customer_authUserId_fkey", alter "authUserId" drop not null;
  drop index "Customer_authUserId_key";
  alter table "User" drop constraint "User_pkey", alter id drop not null, add constraint "User_clerkId_key" unique (id),
    add pk uuid constraint "User_pkey" primary key default gen_random_uuid(),
    alter "updatedAt" drop default,
    alter "updatedAt" type timestamp(3) using "updatedAt" at time zone 'UTC',
    alter "emailVerified" type timestamp(3) using "emailVerified" at time zone 'UTC';
  alter table "User" alter "updatedAt" set default now() at time zone 'UTC';
  alter table "Customer" add owner uuid not null unique references "User" on delete cascade;
  create function find_owner() returns trigger language plpgsql as $$ begin
    new.owner = coalesce(new.owner, (select pk from "User" where id = new."authUserId"));
    return new;
  end $$;
  create function copy_clerk_id() returns trigger language plpgsql as $$ begin
    update "Customer" set "authUserId" = (select id from "User" where pk = new.owner)
    where id = new.id and "authUserId" is null;
    return null;
  end $$;
  create trigger find_owner before insert on "Customer" for each row execute function find_owner();
  create trigger copy_clerk_id after insert on "Customer" for each row execute function copy_clerk_id()`;
