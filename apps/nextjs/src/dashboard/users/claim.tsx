import type { EmailClaim } from "@rollcall/sync";
import { MailWarning } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "next-intl";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import { DASHBOARD } from "../pages.ts";

/** Who holds the address that a user claims, and why. Nothing where the user does. */
export function Claim({ claim }: { claim: EmailClaim }) {
  const t = useTranslations("user.claim");
  if (claim.holder === "self") return null;
  return (
    <Alert variant="warning" data-testid="claim">
      <MailWarning aria-hidden="true" />
      <AlertTitle>{t("title", { email: claim.email })}</AlertTitle>
      <AlertDescription>
        {claim.holder === "none" && <p>{t("none")}</p>}
        {claim.holder === "application" && <p>{t("own_row", { row: claim.rowId })}</p>}
        {claim.holder === "user" && (
          <>
            <p>
              {t.rich("holder", {
                user: () => (
                  <Link
                    href={`${DASHBOARD}/users/${claim.user.id}`}
                    className="rounded-sm font-medium text-foreground underline underline-offset-4"
                  >
                    {claim.user.name ?? claim.user.id}
                  </Link>
                ),
              })}
            </p>
            <p>
              {t(claim.because)} {t("heir")}
            </p>
          </>
        )}
      </AlertDescription>
    </Alert>
  );
}
