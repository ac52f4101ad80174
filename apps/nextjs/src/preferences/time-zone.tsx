"use client";

import { useRouter } from "next/navigation";
import { useTimeZone } from "next-intl";
import { useEffect } from "react";
import { storePreference } from "./store-preference.ts";

/** Tells the server the browser's time zone, so that it renders times as the visitor reads them. Renders nothing. */
export function TimeZone() {
  const rendered = useTimeZone();
  const router = useRouter();
  useEffect(() => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    if (!timeZone || timeZone === rendered) return;
    storePreference("timeZone", timeZone);
    router.refresh();
  }, [rendered, router]);
  return null;
}
