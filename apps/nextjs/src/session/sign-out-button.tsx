"use client";

import { useClerk } from "@clerk/nextjs";
import { useTranslations } from "next-intl";
import type { ComponentProps } from "react";
import { Button } from "@/components/ui/button.tsx";

/** Signs out and leaves the page, even when Clerk has no session left and its own button does nothing. */
export function SignOutButton({ to, ...props }: { to: string } & ComponentProps<typeof Button>) {
  const t = useTranslations("session");
  const clerk = useClerk();
  const leave = async () => {
    if (clerk.loaded) await clerk.signOut({ redirectUrl: to });
    window.location.assign(to);
  };
  return (
    <Button onClick={leave} {...props}>
      {t("signOut")}
    </Button>
  );
}
