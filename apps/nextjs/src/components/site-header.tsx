import type { ReactNode } from "react";
import { Logo } from "@/components/logo.tsx";
import { PreferenceMenu } from "@/preferences/preference-menu.tsx";

export function SiteHeader({ children }: { children?: ReactNode }) {
  return (
    <header className="border-b bg-card">
      <div className="mx-auto flex h-14 max-w-6xl items-center justify-between gap-4 px-4 sm:px-6">
        <Logo />
        <div className="flex items-center gap-2">
          <PreferenceMenu />
          {children}
        </div>
      </div>
    </header>
  );
}
