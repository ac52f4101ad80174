"use client";

import { useClerk } from "@clerk/nextjs";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button.tsx";

/** Opens Clerk's own dialog, where users change their name, address and password. */
export function ManageAccount() {
  const t = useTranslations("account");
  const clerk = useClerk();
  return (
    <Button variant="outline" onClick={() => clerk.openUserProfile()}>
      {t("manage")}
    </Button>
  );
}
