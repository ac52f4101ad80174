"use client";

import type { ComponentProps, ReactNode } from "react";
import { ResponsiveContainer } from "recharts";
import { cn } from "@/lib/cn.ts";

/** Its class sets the height, so that the page does not move when the chart appears. */
function ChartContainer({
  className,
  children,
  ...props
}: ComponentProps<"div"> & { children: ComponentProps<typeof ResponsiveContainer>["children"] }) {
  return (
    <div
      data-slot="chart"
      className={cn(
        "w-full text-xs [&_.recharts-cartesian-axis-tick_text]:fill-muted-foreground [&_.recharts-cartesian-grid_line]:stroke-border [&_.recharts-rectangle.recharts-tooltip-cursor]:fill-muted [&_.recharts-surface]:outline-none",
        className,
      )}
      {...props}
    >
      <ResponsiveContainer width="100%" height="100%">
        {children}
      </ResponsiveContainer>
    </div>
  );
}

interface ChartRow {
  name: string;
  value: ReactNode;
  color?: string;
}

function ChartTooltipBox({ title, rows }: { title: ReactNode; rows: readonly ChartRow[] }) {
  return (
    <div className="grid min-w-36 gap-1.5 rounded-lg border bg-popover px-3 py-2 text-xs text-popover-foreground shadow-lg">
      <p className="font-medium">{title}</p>
      {rows.map(({ name, value, color }) => (
        <p key={name} className="flex items-center gap-2">
          {color && <span className="size-2.5 rounded-[2px]" style={{ background: color }} />}
          <span className="text-muted-foreground">{name}</span>
          <span className="ml-auto pl-4 font-medium tabular-nums">{value}</span>
        </p>
      ))}
    </div>
  );
}

function ChartLegend({ rows }: { rows: readonly Omit<ChartRow, "value">[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-muted-foreground">
      {rows.map(({ name, color }) => (
        <li key={name} className="flex items-center gap-1.5">
          <span className="size-2.5 rounded-[2px]" style={{ background: color }} aria-hidden="true" />
          {name}
        </li>
      ))}
    </ul>
  );
}

export { ChartContainer, ChartLegend, ChartTooltipBox };
