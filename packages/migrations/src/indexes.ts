/** Every index beside the primary keys, by name. Each statement changes nothing where the index is there. */
export const indexes = {
  ClerkUser_liveEmail_idx: `create index if not exists "ClerkUser_liveEmail_idx" on rollcall."ClerkUser" (email text_pattern_ops) where "deletedAt" is null`,
  ClerkUser_liveCreatedAt_idx: `create index if not exists "ClerkUser_liveCreatedAt_idx" on rollcall."ClerkUser" ("createdAt") where "deletedAt" is null`,
  ClerkUser_liveName_idx: `create index if not exists "ClerkUser_liveName_idx" on rollcall."ClerkUser" (lower(name) text_pattern_ops, id text_pattern_ops) where "deletedAt" is null`,
  ClerkUser_liveLastWord_idx: `create index if not exists "ClerkUser_liveLastWord_idx" on rollcall."ClerkUser" (lower(substring(name from '[^ ]+$')) text_pattern_ops, id text_pattern_ops) where "deletedAt" is null`,
  ClerkUser_deletedAt_idx: `create index if not exists "ClerkUser_deletedAt_idx" on rollcall."ClerkUser" ("deletedAt", id) where "deletedAt" is not null`,
  SyncEvent_lastSeenAt_idx: `create index if not exists "SyncEvent_lastSeenAt_idx" on rollcall."SyncEvent" ("lastSeenAt")`,
  SyncEvent_kind_idx: `create index if not exists "SyncEvent_kind_idx" on rollcall."SyncEvent" (source, outcome, type, "lastSeenAt")`,
  SyncEvent_userId_idx: `create index if not exists "SyncEvent_userId_idx" on rollcall."SyncEvent" ("userId", "lastSeenAt")`,
  ClerkInstance_only_key: `create unique index if not exists "ClerkInstance_only_key" on rollcall."ClerkInstance" ((true))`,
  SyncRun_startedAt_idx: `create index if not exists "SyncRun_startedAt_idx" on rollcall."SyncRun" ("startedAt")`,
  SyncRun_active_key: `create unique index if not exists "SyncRun_active_key" on rollcall."SyncRun" ((true)) where state in ('planned', 'running') and not "dryRun"`,
} as const;
