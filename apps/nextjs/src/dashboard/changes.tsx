"use client";

import type { DirectoryStatus } from "@rollcall/sync";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { formatNumber } from "@/lib/format.ts";
import { Fact } from "./fact.tsx";

export function Changes({ directory }: { directory: DirectoryStatus }) {
  const { deleted, unadopted, lastWebhook, events24h } = directory;
  const events = Object.entries(events24h).sort(([, a], [, b]) => b - a);
  return (
    <Card aria-labelledby="changes-title">
      <CardHeader>
        <CardTitle id="changes-title">Changes</CardTitle>
        <CardDescription>Webhook deliveries, deletions, and rows that are not synced yet.</CardDescription>
      </CardHeader>
      <CardContent>
        <dl className="grid grid-cols-2 gap-x-6 gap-y-5 text-sm lg:grid-cols-4">
          {lastWebhook ? (
            <Fact term="Last webhook" note={`${lastWebhook.type}, ${lastWebhook.outcome}`}>
              <TimeAgo time={lastWebhook.at} />
            </Fact>
          ) : (
            <Fact term="Last webhook" note="Clerk sends one for each change">
              None yet
            </Fact>
          )}
          <Fact term="Events in 24 hours">
            {events.length === 0
              ? "None"
              : events.map(([outcome, count]) => (
                  <Badge key={outcome} className="mr-1.5 mb-1.5">
                    {outcome} {formatNumber(count)}
                  </Badge>
                ))}
          </Fact>
          <Fact term="Deleted" note="tombstones, without personal data">
            {formatNumber(deleted)}
          </Fact>
          <Fact term="Unadopted" note="rows not synced yet">
            {formatNumber(unadopted)}
          </Fact>
        </dl>
      </CardContent>
    </Card>
  );
}
