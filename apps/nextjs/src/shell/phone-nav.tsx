"use client";

import { Menu } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { Sheet, SheetContent, SheetDescription, SheetTitle, SheetTrigger } from "@/components/ui/sheet.tsx";
import { SidebarContent, SidebarFooter, SidebarHeader } from "@/components/ui/sidebar.tsx";
import { SidebarNav } from "./sidebar-nav.tsx";

/** The sidebar of a narrow screen: a sheet behind a button. */
export function PhoneNav({ isAdmin, logo, footer }: { isAdmin: boolean; logo: ReactNode; footer: ReactNode }) {
  const t = useTranslations("nav");
  const [isOpen, setOpen] = useState(false);
  return (
    <Sheet open={isOpen} onOpenChange={setOpen}>
      <SheetTrigger asChild>
        <Button variant="ghost" size="icon" aria-label={t("open")}>
          <Menu aria-hidden="true" />
        </Button>
      </SheetTrigger>
      <SheetContent closeLabel={t("close")}>
        <SheetTitle className="sr-only">{t("label")}</SheetTitle>
        <SheetDescription className="sr-only">{t("description")}</SheetDescription>
        <SidebarHeader>{logo}</SidebarHeader>
        <SidebarContent>
          <SidebarNav isAdmin={isAdmin} onNavigate={() => setOpen(false)} />
        </SidebarContent>
        <SidebarFooter>{footer}</SidebarFooter>
      </SheetContent>
    </Sheet>
  );
}
