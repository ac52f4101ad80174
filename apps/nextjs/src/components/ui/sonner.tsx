"use client";

import { CircleAlert, CircleCheck } from "lucide-react";
import type { ComponentProps, CSSProperties } from "react";
import { Toaster as Sonner } from "sonner";

const style: CSSProperties & Record<`--${string}`, string> = {
  "--normal-bg": "var(--popover)",
  "--normal-text": "var(--popover-foreground)",
  "--normal-border": "var(--border)",
  "--border-radius": "var(--radius)",
};

/** Its colours are the page's, which follow the theme. */
function Toaster(props: ComponentProps<typeof Sonner>) {
  return (
    <Sonner
      className="toaster group"
      icons={{
        success: <CircleCheck className="size-4 text-success" aria-hidden="true" />,
        error: <CircleAlert className="size-4 text-destructive" aria-hidden="true" />,
      }}
      style={style}
      {...props}
    />
  );
}

export { Toaster };
