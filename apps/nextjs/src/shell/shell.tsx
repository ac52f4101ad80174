import { useTranslations } from "next-intl";
import type { ReactNode } from "react";
import { Logo } from "@/components/logo.tsx";
import { Sidebar, SidebarContent, SidebarFooter, SidebarHeader } from "@/components/ui/sidebar.tsx";
import { PreferenceMenu } from "@/preferences/preference-menu.tsx";
import { AccountMenu } from "@/session/account-menu.tsx";
import { CommandMenuButton, CommandMenuProvider } from "./command-menu.tsx";
import { PhoneNav } from "./phone-nav.tsx";
import { SidebarNav } from "./sidebar-nav.tsx";

/** What surrounds each page of the dashboard: a sidebar, or on a phone a bar on top. */
export function Shell({ isAdmin, children }: { isAdmin: boolean; children: ReactNode }) {
  const t = useTranslations("nav");
  const logo = <Logo href="/dashboard" />;
  return (
    <CommandMenuProvider isAdmin={isAdmin}>
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-primary px-4 py-2 text-primary-foreground focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        {t("skip")}
      </a>
      <div className="flex min-h-dvh">
        <Sidebar aria-label={t("sidebar")}>
          <SidebarHeader>{logo}</SidebarHeader>
          <SidebarContent>
            <CommandMenuButton />
            <SidebarNav isAdmin={isAdmin} />
          </SidebarContent>
          <SidebarFooter className="justify-between">
            <AccountMenu />
            <PreferenceMenu />
          </SidebarFooter>
        </Sidebar>
        <div className="flex min-w-0 flex-1 flex-col">
          <header className="sticky top-0 z-40 flex h-14 items-center justify-between gap-2 border-b bg-sidebar px-3 md:hidden">
            <div className="flex items-center gap-1.5">
              <PhoneNav isAdmin={isAdmin} logo={logo} footer={<PreferenceMenu />} />
              {logo}
            </div>
            <div className="flex items-center gap-2">
              <CommandMenuButton isCompact />
              <AccountMenu />
            </div>
          </header>
          <main
            id="content"
            tabIndex={-1}
            className="mx-auto w-full max-w-6xl flex-1 px-4 py-6 outline-none sm:px-6 lg:px-8 lg:py-8"
          >
            {children}
          </main>
        </div>
      </div>
    </CommandMenuProvider>
  );
}
