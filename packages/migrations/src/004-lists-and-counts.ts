import { indexes } from "./indexes.ts";

/** What lists, searches and counts read, so that none of them gets slower while the tables grow. */
export const listsAndCounts = `
-- Live users by address: who claims one, and which addresses begin with a text. Equality works with these operators, too.
${indexes.ClerkUser_liveEmail_idx};
drop index if exists rollcall."ClerkUser_email_idx";
-- Live users in the order in which Clerk lists them.
${indexes.ClerkUser_liveCreatedAt_idx};
drop index if exists rollcall."ClerkUser_createdAt_idx";
-- Which names, and which last words of names, begin with a text; by id where thousands have the same name.
${indexes.ClerkUser_liveName_idx};
${indexes.ClerkUser_liveLastWord_idx};
${indexes.ClerkUser_deletedAt_idx};

-- Events of one kind, and of one user, in the order of the log.
${indexes.SyncEvent_kind_idx};
${indexes.SyncEvent_userId_idx};

-- What was last counted in a directory that takes long to count: one row, or none.
create table if not exists rollcall."DirectoryCount" (
  id boolean primary key default true check (id),
  counts jsonb not null,
  "countedAt" timestamptz(3) not null,
  "tookMs" integer not null,
  -- Since when a process has been counting.
  "claimedAt" timestamptz(3)
);
`;
