"use client";

import { useTranslations } from "next-intl";
import { Notice } from "@/components/notice.tsx";
import { Button } from "@/components/ui/button.tsx";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  const t = useTranslations();
  return (
    <Notice title={t("page.errorTitle")} actions={<Button onClick={reset}>{t("common.retry")}</Button>}>
      {error.digest ? t("page.errorTextWithId", { id: error.digest }) : t("page.errorText")}
    </Notice>
  );
}
