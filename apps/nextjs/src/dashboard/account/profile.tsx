"use client";

import type { RouterOutputs } from "@rollcall/api";
import { BadgeCheck, MailWarning, TriangleAlert } from "lucide-react";
import { useFormatter, useTranslations } from "next-intl";
import type { ComponentProps, ReactNode } from "react";
import { CopyButton } from "@/components/copy-button.tsx";
import { TimeAgo } from "@/components/time-ago.tsx";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import { Badge } from "@/components/ui/badge.tsx";
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from "@/components/ui/card.tsx";
import { UserAvatar } from "@/components/user-avatar.tsx";
import { useErrorTexts } from "@/trpc/use-failure-text.ts";
import { SyncMe } from "./sync-me.tsx";

type Me = RouterOutputs["sync"]["status"]["me"];

const variants: Record<Me["state"], ComponentProps<typeof Badge>["variant"]> = {
  fresh: "success",
  stale: "warning",
  unpersisted: "destructive",
};

/** Where the displayed data comes from. */
function readFrom({ state, source }: Me): "session" | Me["source"] {
  if (state === "unpersisted") return "session";
  // Clerk did not answer: the row is the one from the database.
  return state === "stale" && source === "clerk" ? "database" : source;
}

export function Profile({ me }: { me: Me }) {
  const t = useTranslations("account");
  const format = useFormatter();
  const texts = useErrorTexts();
  const { user, state, syncedAt, conflict, errorCode } = me;
  return (
    <>
      <Card aria-labelledby="profile-name">
        <CardContent className="grid grid-cols-1 gap-6">
          <div className="flex flex-wrap items-center gap-4">
            <UserAvatar user={user} className="size-14 text-lg" />
            <div className="min-w-0 flex-1 basis-48">
              <h2 id="profile-name" className="truncate text-xl font-semibold tracking-tight">
                {user.name ?? t("noName")}
              </h2>
              <p className="flex items-center gap-1.5 text-sm text-muted-foreground">
                <span className="truncate">{user.email ?? t("noEmail")}</span>
                {user.emailVerified && (
                  <BadgeCheck className="size-4 shrink-0 text-success" role="img" aria-label={t("verified")} />
                )}
              </p>
            </div>
            <Badge variant={variants[state]} data-testid="sync-state">
              {t(`states.${state}`)}
            </Badge>
          </div>
          {errorCode && (
            <Alert variant="warning">
              <TriangleAlert aria-hidden="true" />
              <AlertTitle>{state === "stale" ? t("stale") : t("unpersisted")}</AlertTitle>
              <AlertDescription>
                <p>
                  {texts[errorCode].message} {texts[errorCode].hint}
                </p>
                <p className="font-mono text-xs">{errorCode}</p>
              </AlertDescription>
            </Alert>
          )}
          {conflict && (
            <Alert variant="warning">
              <MailWarning aria-hidden="true" />
              <AlertTitle>{t("conflict")}</AlertTitle>
              <AlertDescription>{t("conflictText")}</AlertDescription>
            </Alert>
          )}
          <SyncMe />
        </CardContent>
      </Card>
      <Card aria-labelledby="stored" className="gap-4 pb-2">
        <CardHeader>
          <CardTitle id="stored">{t("stored")}</CardTitle>
          <CardDescription>{t("storedText")}</CardDescription>
        </CardHeader>
        <CardContent>
          <dl className="divide-y text-sm">
            <Stored term={t("name")}>{user.name}</Stored>
            <Stored term={t("email")}>{user.email}</Stored>
            <Stored term={t("emailVerified")}>
              {user.emailVerified && format.dateTime(user.emailVerified, "exact")}
            </Stored>
            <Stored term={t("image")}>
              {user.image && (
                <a
                  href={user.image}
                  target="_blank"
                  rel="noreferrer"
                  className="rounded-sm break-all text-primary underline-offset-4 hover:underline"
                >
                  {t("openImage")}
                </a>
              )}
            </Stored>
            <Stored term={t("clerkId")}>
              <span className="flex items-center gap-1">
                <code className="text-xs break-all">{user.clerkId}</code>
                <CopyButton text={user.clerkId} />
              </span>
            </Stored>
            {user.id !== user.clerkId && (
              <Stored term={t("rowId")}>{user.id && <code className="text-xs break-all">{user.id}</code>}</Stored>
            )}
            <Stored term={t("lastVerified")}>
              {syncedAt && (
                <>
                  <TimeAgo time={syncedAt} />
                  <span className="block text-xs text-muted-foreground">{format.dateTime(syncedAt, "exact")}</span>
                </>
              )}
            </Stored>
            <Stored term={t("readFrom")}>{t(`sources.${readFrom(me)}`)}</Stored>
          </dl>
        </CardContent>
      </Card>
    </>
  );
}

function Stored({ term, children }: { term: string; children: ReactNode }) {
  const t = useTranslations("account");
  return (
    <div className="grid grid-cols-1 gap-x-6 gap-y-0.5 py-3 sm:grid-cols-[12rem_1fr]">
      <dt className="text-muted-foreground">{term}</dt>
      <dd className="min-w-0 break-words">
        {children || <span className="text-muted-foreground">{t("nothing")}</span>}
      </dd>
    </div>
  );
}
