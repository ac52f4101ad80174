-- Rollcall's own tables move, with their rows, to a schema of their own. `rollcall migrate` keeps them from here on, and
-- Prisma sees User and Customer alone.
DO $$
DECLARE
  own text;
BEGIN
  IF to_regnamespace('rollcall') IS NULL THEN CREATE SCHEMA rollcall; END IF;
  FOREACH own IN ARRAY ARRAY['ClerkUser', 'SyncEvent', 'ClerkInstance', 'SyncRun', 'SyncWindow', 'SyncCandidate'] LOOP
    -- After `prisma migrate reset`, which empties only Prisma's schema, they are there: then these are the new, empty ones.
    IF to_regclass(format('rollcall.%I', own)) IS NULL
      THEN EXECUTE format('ALTER TABLE %I SET SCHEMA rollcall', own);
      ELSE EXECUTE format('DROP TABLE %I CASCADE', own);
    END IF;
  END LOOP;
  FOREACH own IN ARRAY ARRAY['DeletedBy', 'EventSource', 'RunKind', 'RunState'] LOOP
    IF to_regtype(format('rollcall.%I', own)) IS NULL
      THEN EXECUTE format('ALTER TYPE %I SET SCHEMA rollcall', own);
      ELSE EXECUTE format('DROP TYPE %I', own);
    END IF;
  END LOOP;
END $$;
