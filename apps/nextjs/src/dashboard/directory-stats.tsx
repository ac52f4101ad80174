"use client";

import type { DirectoryStatus } from "@rollcall/sync";
import { formatNumber } from "@/lib/format.ts";

/** Whether every user is synced, in four numbers. */
export function DirectoryStats({
  directory: { atClerk, live, netDifference, conflicts },
}: {
  directory: DirectoryStatus;
}) {
  return (
    <dl className="grid grid-cols-2 gap-4 lg:grid-cols-4">
      <Figure label="At Clerk" value={atClerk} note={atClerk === null ? "Clerk does not answer" : "users"} />
      <Figure label="In your database" value={live} note="live users" />
      <Figure label="Difference" value={netDifference} note={differenceNote(netDifference)} />
      <Figure
        label="Email conflicts"
        value={conflicts}
        note={conflicts === 0 ? "every address has one owner" : "users without their address"}
      />
    </dl>
  );
}

function Figure({ label, value, note }: { label: string; value: number | null; note: string }) {
  return (
    <div className="rounded-xl border bg-card px-5 py-4 shadow-xs">
      <dt className="text-sm text-muted-foreground">{label}</dt>
      <dd className="mt-1">
        <span className="text-3xl leading-none font-semibold tracking-tight tabular-nums" data-testid={label}>
          {value === null ? "–" : formatNumber(value)}
        </span>
        <span className="mt-1.5 block text-xs text-muted-foreground">{note}</span>
      </dd>
    </div>
  );
}

function differenceNote(difference: number | null): string {
  if (difference === null) return "unknown";
  if (difference === 0) return "the same number on both sides";
  return difference > 0 ? "more at Clerk than here" : "more here than at Clerk";
}
