"use client";

import type { RouterOutputs } from "@rollcall/api";
import { BadgeCheck, MailWarning, TriangleAlert } from "lucide-react";
import type { ComponentProps } from "react";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import { Avatar, AvatarFallback, AvatarImage } from "@/components/ui/avatar.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card, CardContent } from "@/components/ui/card.tsx";
import { formatTime } from "@/lib/format.ts";
import type { ErrorCatalog } from "./error-catalog.ts";
import { Fact } from "./fact.tsx";
import { SyncMe } from "./sync-me.tsx";

type Me = RouterOutputs["sync"]["status"]["me"];

const states: Record<Me["state"], { label: string; variant: ComponentProps<typeof Badge>["variant"] }> = {
  fresh: { label: "In sync with Clerk", variant: "success" },
  stale: { label: "Out of date", variant: "warning" },
  unpersisted: { label: "Not in sync", variant: "destructive" },
};

const sources: Record<Me["source"], string> = {
  memory: "This server’s memory",
  database: "Your database",
  clerk: "Clerk, just now",
};

/** Where the displayed data comes from. */
function readFrom({ state, source }: Me): string {
  if (state === "unpersisted") return "Your session only";
  // Clerk did not answer: the row is the one from the database.
  return state === "stale" && source === "clerk" ? sources.database : sources[source];
}

export function Profile({ me, errorCatalog }: { me: Me; errorCatalog: ErrorCatalog }) {
  const { user, state, syncedAt, conflict, errorCode } = me;
  return (
    <Card aria-labelledby="profile-name">
      <CardContent className="grid gap-6">
        <div className="flex flex-wrap items-center gap-4">
          <Avatar className="size-14">
            {user.image && <AvatarImage src={user.image} alt="" />}
            <AvatarFallback className="text-lg" aria-hidden="true">
              {initial(user)}
            </AvatarFallback>
          </Avatar>
          <div className="min-w-0 flex-1 basis-48">
            <h2 id="profile-name" className="truncate text-xl font-semibold tracking-tight">
              {user.name ?? "No name"}
            </h2>
            <p className="flex items-center gap-1.5 text-sm text-muted-foreground">
              <span className="truncate">{user.email ?? "No email address"}</span>
              {user.emailVerified && (
                <BadgeCheck className="size-4 shrink-0 text-success" role="img" aria-label="Verified" />
              )}
            </p>
          </div>
          <Badge variant={states[state].variant} data-testid="sync-state">
            {states[state].label}
          </Badge>
        </div>

        {errorCode && (
          <Alert variant="warning">
            <TriangleAlert aria-hidden="true" />
            <AlertTitle>
              {state === "stale" ? "You see the last known data" : "Your row could not be read or created"}
            </AlertTitle>
            <AlertDescription>
              <p>
                {errorCatalog[errorCode].message} {errorCatalog[errorCode].hint}
              </p>
              <p className="font-mono text-xs">{errorCode}</p>
            </AlertDescription>
          </Alert>
        )}
        {conflict && (
          <Alert variant="warning">
            <MailWarning aria-hidden="true" />
            <AlertTitle>Your email address is shown for another user</AlertTitle>
            <AlertDescription>
              An address appears in one row only, and another row has the better claim to yours. When it gives the
              address up, the address appears here.
            </AlertDescription>
          </Alert>
        )}

        <dl className="grid gap-x-8 gap-y-4 border-t pt-6 text-sm sm:grid-cols-3">
          {syncedAt ? (
            <Fact term="Last verified" note={formatTime(syncedAt)}>
              <TimeAgo time={syncedAt} />
            </Fact>
          ) : (
            <Fact term="Last verified">Never</Fact>
          )}
          <Fact term="Read from">{readFrom(me)}</Fact>
          <Fact term="User">
            <code className="text-xs break-all">{user.id ?? user.clerkId}</code>
          </Fact>
        </dl>

        <SyncMe />
      </CardContent>
    </Card>
  );
}

const initial = ({ name, email }: Me["user"]): string => [...(name ?? email ?? "?")][0]?.toUpperCase() ?? "?";
