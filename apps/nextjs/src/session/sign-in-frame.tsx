"use client";

import { useClerk } from "@clerk/nextjs";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import { ClerkDidNotLoad } from "@/clerk/clerk-did-not-load.tsx";
import { WhenClerkLoaded } from "@/clerk/when-clerk-loaded.tsx";
import { Logo } from "@/components/logo.tsx";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import { Skeleton } from "@/components/ui/skeleton.tsx";
import { SignOutButton } from "@/session/sign-out-button.tsx";

/** Around Clerk's own forms. The server has already redirected users that it accepts as signed in. */
export function SignInFrame({ children }: { children: ReactNode }) {
  const t = useTranslations("common");
  return (
    <main className="flex min-h-dvh flex-col items-center gap-8 px-4 py-12 sm:py-20">
      <Logo />
      <div className="flex w-full max-w-[25rem] flex-col items-center">
        <WhenClerkLoaded
          loading={<Skeleton className="h-96 w-full rounded-xl" role="status" aria-label={t("loading")} />}
          failed={<ClerkDidNotLoad />}
        >
          <UnlessRefused>{children}</UnlessRefused>
        </WhenClerkLoaded>
      </div>
    </main>
  );
}

/**
 * Clerk's form would send a browser with a session straight back to the page that refused it, in an endless loop. So it
 * shows what is wrong instead.
 */
function UnlessRefused({ children }: { children: ReactNode }) {
  const t = useTranslations("session");
  const { session } = useClerk();
  const [refused] = useState(session !== null && session !== undefined);
  if (!refused) return children;
  return (
    <Alert variant="destructive" role="alert">
      <AlertTitle>{t("refusedTitle")}</AlertTitle>
      <AlertDescription>
        <p>{t("refusedText")}</p>
        <p>{t("refusedHint")}</p>
        <SignOutButton to="/sign-in" variant="outline" className="mt-2 text-foreground" />
      </AlertDescription>
    </Alert>
  );
}
