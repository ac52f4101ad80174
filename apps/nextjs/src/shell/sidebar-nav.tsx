"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { useTranslations } from "next-intl";
import { SidebarMenu, SidebarMenuButton } from "@/components/ui/sidebar.tsx";
import { isPage, pagesFor } from "./navigation.ts";

export function SidebarNav({ isAdmin, onNavigate = () => {} }: { isAdmin: boolean; onNavigate?: () => void }) {
  const t = useTranslations("nav");
  const pathname = usePathname();
  return (
    <nav aria-label={t("label")}>
      <SidebarMenu>
        {pagesFor(isAdmin).map((page) => {
          const isActive = isPage(page, pathname);
          return (
            <li key={page.name}>
              <SidebarMenuButton isActive={isActive}>
                <Link href={page.href} onClick={onNavigate} aria-current={isActive ? "page" : undefined}>
                  <page.icon aria-hidden="true" />
                  {t(page.name)}
                </Link>
              </SidebarMenuButton>
            </li>
          );
        })}
      </SidebarMenu>
    </nav>
  );
}
