CREATE TYPE "EventSource" AS ENUM ('webhook', 'read');

CREATE TYPE "RunKind" AS ENUM ('full', 'incremental');

CREATE TYPE "RunState" AS ENUM ('planned', 'running', 'awaiting_confirmation', 'cancelled', 'failed', 'done');

ALTER TABLE "ClerkUser" ADD COLUMN "requestedAt" TIMESTAMPTZ(3);

CREATE TABLE "SyncEvent" (
    "id" TEXT NOT NULL,
    "source" "EventSource" NOT NULL,
    "type" TEXT NOT NULL,
    "userId" TEXT,
    "outcome" TEXT NOT NULL,
    "code" TEXT,
    "timesSeen" INTEGER NOT NULL DEFAULT 1,
    "firstSeenAt" TIMESTAMPTZ(3) NOT NULL,
    "lastSeenAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "SyncEvent_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "SyncRun" (
    "id" UUID NOT NULL,
    "kind" "RunKind" NOT NULL,
    "dryRun" BOOLEAN NOT NULL,
    "state" "RunState" NOT NULL,
    "startedBy" TEXT NOT NULL,
    "total" INTEGER,
    "report" JSONB NOT NULL,
    "startedAt" TIMESTAMPTZ(3) NOT NULL,
    "aliveAt" TIMESTAMPTZ(3) NOT NULL,
    "endedAt" TIMESTAMPTZ(3),

    CONSTRAINT "SyncRun_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "SyncEvent_lastSeenAt_idx" ON "SyncEvent"("lastSeenAt");

CREATE INDEX "SyncRun_startedAt_idx" ON "SyncRun"("startedAt");

-- One run at a time; a dry run writes nothing and is in nobody's way.
CREATE UNIQUE INDEX "SyncRun_active_key" ON "SyncRun"((true)) WHERE state IN ('planned', 'running') AND NOT "dryRun";
