"use client";

import Link from "next/link";
import { useTranslations } from "next-intl";
import { Button } from "@/components/ui/button.tsx";

/** To Clerk's own page, where users change their name, address and password. */
export function ManageAccount() {
  const t = useTranslations("account");
  return (
    <Button asChild variant="outline">
      <Link href="/user-profile">{t("manage")}</Link>
    </Button>
  );
}
