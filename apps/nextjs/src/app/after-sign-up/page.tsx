import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getMessages, getTranslations } from "next-intl/server";
import { Notice } from "@/components/notice.tsx";
import { Button } from "@/components/ui/button.tsx";
import { RETURN_PARAMETER, withReturn } from "@/session/return-path.ts";
import { requireVisitor, returnPathOf } from "@/session/visitor.ts";

export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await getTranslations("session"))("welcome"),
});

/** Creates the new user's row, then redirects, so that no later page meets a user without one. */
export default async function AfterSignUpPage({ searchParams }: PageProps<"/after-sign-up">) {
  const path = await returnPathOf((await searchParams)[RETURN_PARAMETER]);
  const here = withReturn("/after-sign-up", path);
  const { freshness } = await requireVisitor(here);
  if (freshness.state !== "unpersisted") redirect(path);

  const t = await getTranslations();
  const { message, hint } = (await getMessages()).errors[freshness.errorCode];
  return (
    <Notice
      title={t("session.notSavedTitle")}
      actions={
        <>
          <Button asChild>
            <a href={here}>{t("common.retry")}</a>
          </Button>
          <Button asChild variant="outline">
            <a href={path}>{t("session.continueAnyway")}</a>
          </Button>
        </>
      }
    >
      {message} {hint}
    </Notice>
  );
}
