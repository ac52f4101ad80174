CREATE TABLE "ClerkInstance" (
    "id" TEXT NOT NULL,
    "adoptedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ClerkInstance_pkey" PRIMARY KEY ("id")
);

-- A database mirrors one instance.
CREATE UNIQUE INDEX "ClerkInstance_only_key" ON "ClerkInstance"((true));

-- A database that was filled before the instance was kept mirrors the one that most of its users are of.
INSERT INTO "ClerkInstance" ("id", "adoptedAt")
SELECT "instanceId", clock_timestamp() FROM "ClerkUser" WHERE "deletedAt" IS NULL GROUP BY "instanceId" ORDER BY count(*) DESC LIMIT 1;

CREATE TABLE "SyncWindow" (
    "runId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "position" JSONB NOT NULL,
    "checkpoint" INTEGER NOT NULL DEFAULT 0,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "jobId" UUID,
    "created" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "unchanged" INTEGER NOT NULL DEFAULT 0,
    "outdated" INTEGER NOT NULL DEFAULT 0,
    "deleted" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "conflicts" INTEGER NOT NULL DEFAULT 0,
    "tombstoned" INTEGER NOT NULL DEFAULT 0,
    "clerkCalls" INTEGER NOT NULL DEFAULT 0,
    "errors" JSONB NOT NULL DEFAULT '[]',
    "lastError" TEXT,
    "movedAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "SyncWindow_pkey" PRIMARY KEY ("runId", "number")
);

CREATE TABLE "SyncCandidate" (
    "runId" UUID NOT NULL,
    "userId" TEXT NOT NULL,

    CONSTRAINT "SyncCandidate_pkey" PRIMARY KEY ("runId", "userId")
);

ALTER TABLE "SyncWindow" ADD CONSTRAINT "SyncWindow_runId_fkey" FOREIGN KEY ("runId") REFERENCES "SyncRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "SyncCandidate" ADD CONSTRAINT "SyncCandidate_runId_fkey" FOREIGN KEY ("runId") REFERENCES "SyncRun"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The runs of before lived in one process each: those under way have lost it with the program that was replaced.
UPDATE "SyncRun" SET "state" = 'failed', "endedAt" = clock_timestamp() WHERE "state" IN ('planned', 'running');

INSERT INTO "SyncWindow" ("runId", "number", "position", "created", "updated", "unchanged", "outdated", "deleted", "failed", "conflicts", "tombstoned", "clerkCalls", "errors", "movedAt", "endedAt")
SELECT "id", 0, '{"pass": "plan"}', ("report"->>'created')::int, ("report"->>'updated')::int, ("report"->>'unchanged')::int, ("report"->>'outdated')::int, ("report"->>'deleted')::int, ("report"->>'failed')::int, ("report"->>'conflicts')::int, ("report"->>'tombstoned')::int, ("report"->>'clerkCalls')::int, "report"->'errors', "startedAt", "endedAt" FROM "SyncRun";

ALTER TABLE "SyncRun"
  DROP COLUMN "report",
  DROP COLUMN "aliveAt",
  ADD COLUMN "instanceId" TEXT,
  ADD COLUMN "mark" TIMESTAMPTZ(3),
  ADD COLUMN "missing" INTEGER,
  ADD COLUMN "netDifference" INTEGER,
  ADD COLUMN "incomplete" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "confirmed" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "pausedUntil" TIMESTAMPTZ(3),
  ADD COLUMN "pausedSince" TIMESTAMPTZ(3),
  ADD COLUMN "failureCode" TEXT,
  ADD COLUMN "failedWindow" INTEGER;

ALTER TABLE "SyncRun" ALTER COLUMN "confirmed" DROP DEFAULT;
