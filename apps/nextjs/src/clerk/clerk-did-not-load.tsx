import { useTranslations } from "next-intl";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";

export function ClerkDidNotLoad() {
  const t = useTranslations("session");
  return (
    <Alert variant="destructive" role="alert">
      <AlertTitle>{t("clerkDidNotLoad")}</AlertTitle>
      <AlertDescription>{t("clerkDidNotLoadHint")}</AlertDescription>
    </Alert>
  );
}
