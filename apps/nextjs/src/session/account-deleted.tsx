import { useTranslations } from "next-intl";
import { Notice } from "@/components/notice.tsx";
import { SignOutButton } from "@/session/sign-out-button.tsx";

export function AccountDeleted() {
  const t = useTranslations("session");
  return (
    <Notice title={t("deletedTitle")} actions={<SignOutButton to="/" />}>
      {t("deletedText")}
    </Notice>
  );
}
