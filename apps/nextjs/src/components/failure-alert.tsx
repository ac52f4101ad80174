"use client";

import { CircleAlert } from "lucide-react";
import { useTranslations } from "next-intl";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useFailureText } from "@/trpc/use-failure-text.ts";

/** A failed call: what happened, its code, and a way to try again. */
export function FailureAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useTranslations("common");
  const { code, text } = useFailureText()(error);
  return <ErrorAlert title={t("failed")} text={text} code={code} {...(onRetry && { onRetry })} />;
}

export function ErrorAlert({
  title,
  text,
  code,
  onRetry,
}: {
  title: string;
  text: string;
  code: string;
  onRetry?: () => void;
}) {
  const t = useTranslations("common");
  return (
    <Alert variant="destructive" role="alert">
      <CircleAlert aria-hidden="true" />
      <AlertTitle>{title}</AlertTitle>
      <AlertDescription>
        <p>{text}</p>
        <p className="font-mono text-xs">{code}</p>
        {onRetry && (
          <Button variant="outline" className="mt-2 text-foreground" onClick={onRetry}>
            {t("retry")}
          </Button>
        )}
      </AlertDescription>
    </Alert>
  );
}
