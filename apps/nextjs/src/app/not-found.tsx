import Link from "next/link";
import { useTranslations } from "next-intl";
import { Notice } from "@/components/notice.tsx";
import { Button } from "@/components/ui/button.tsx";

export default function NotFound() {
  const t = useTranslations("page");
  return (
    <Notice
      title={t("notFoundTitle")}
      actions={
        <Button asChild>
          <Link href="/">{t("home")}</Link>
        </Button>
      }
    >
      {t("notFoundText")}
    </Notice>
  );
}
