"use client";

import type { RouterOutputs } from "@rollcall/api";
import type { ReactNode } from "react";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { formatNumber } from "@/lib/format.ts";

type DirectoryStatus = NonNullable<RouterOutputs["sync"]["status"]["directory"]>;

export function Directory({ directory }: { directory: DirectoryStatus }) {
  const { atClerk, live, deleted, netDifference, conflicts, unadopted, lastWebhook, events24h } = directory;
  const events = Object.entries(events24h).sort(([, a], [, b]) => b - a);
  return (
    <>
      <dl className="grid grid-cols-2 gap-4 lg:grid-cols-4">
        <Figure label="At Clerk" value={atClerk} note={atClerk === null ? "Clerk does not answer" : "users"} />
        <Figure label="In your database" value={live} note="live users" />
        <Figure label="Difference" value={netDifference} note={differenceNote(netDifference)} />
        <Figure
          label="Email conflicts"
          value={conflicts}
          note={conflicts === 0 ? "every address at its owner" : "addresses shown at somebody else"}
        />
      </dl>
      <Card aria-labelledby="changes-title">
        <CardHeader>
          <CardTitle id="changes-title">Changes</CardTitle>
          <CardDescription>What reaches your database by itself.</CardDescription>
        </CardHeader>
        <CardContent>
          <dl className="grid grid-cols-2 gap-x-6 gap-y-5 text-sm lg:grid-cols-4">
            <Row term="Last webhook">
              {lastWebhook ? (
                <>
                  <TimeAgo time={lastWebhook.at} />
                  <span className="block text-muted-foreground">
                    {lastWebhook.type}, {lastWebhook.outcome}
                  </span>
                </>
              ) : (
                "None yet"
              )}
            </Row>
            <Row term="Events in 24 hours">
              {events.length === 0
                ? "None"
                : events.map(([outcome, count]) => (
                    <Badge key={outcome} className="mr-1.5 mb-1.5">
                      {outcome} {formatNumber(count)}
                    </Badge>
                  ))}
            </Row>
            <Row term="Deleted">
              {formatNumber(deleted)}
              <span className="block text-muted-foreground">tombstones, without personal data</span>
            </Row>
            <Row term="Unadopted">
              {formatNumber(unadopted)}
              <span className="block text-muted-foreground">rows that no sync has brought yet</span>
            </Row>
          </dl>
        </CardContent>
      </Card>
    </>
  );
}

function Figure({ label, value, note }: { label: string; value: number | null; note: string }) {
  return (
    <div className="rounded-xl border bg-card px-5 py-4 shadow-xs">
      <dt className="text-sm text-muted-foreground">{label}</dt>
      <dd>
        <span className="text-3xl font-semibold tracking-tight tabular-nums" data-testid={`figure-${label}`}>
          {value === null ? "–" : formatNumber(value)}
        </span>
        <span className="mt-1 block text-xs text-muted-foreground">{note}</span>
      </dd>
    </div>
  );
}

function Row({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-muted-foreground">{term}</dt>
      <dd className="mt-1">{children}</dd>
    </div>
  );
}

function differenceNote(difference: number | null): string {
  if (difference === null) return "not known";
  if (difference === 0) return "as many here as at Clerk";
  return difference > 0 ? "more at Clerk than here" : "more here than at Clerk";
}
