import type { ClerkProvider } from "@clerk/nextjs";
import type { ComponentProps } from "react";

/** Clerk's components in this app's colours, which follow the system's light and dark by themselves (globals.css). */
export const appearance: NonNullable<ComponentProps<typeof ClerkProvider>["appearance"]> = {
  cssLayerName: "clerk",
  elements: {
    cardBox: "border shadow-xs",
    popoverBox: "border shadow-md",
  },
  variables: {
    borderRadius: "var(--radius)",
    colorBackground: "var(--card)",
    colorDanger: "var(--destructive)",
    colorForeground: "var(--card-foreground)",
    colorInput: "var(--card)",
    colorInputForeground: "var(--card-foreground)",
    colorModalBackdrop: "color-mix(in srgb, black, transparent 50%)",
    colorMuted: "var(--muted)",
    colorMutedForeground: "var(--muted-foreground)",
    colorNeutral: "var(--foreground)",
    colorPrimary: "var(--primary)",
    colorPrimaryForeground: "var(--primary-foreground)",
    colorRing: "var(--ring)",
    colorSuccess: "var(--success)",
    colorWarning: "var(--warning)",
    fontFamily: "inherit",
  },
};
