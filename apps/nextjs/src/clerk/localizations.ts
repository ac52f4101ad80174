import { enUS } from "@clerk/localizations/en-US";
import { zhCN } from "@clerk/localizations/zh-CN";
import type { ClerkProvider } from "@clerk/nextjs";
import type { ComponentProps } from "react";
import type { Locale } from "@/preferences/preferences.ts";

/** The texts of Clerk's components. */
export const localizations: Record<Locale, NonNullable<ComponentProps<typeof ClerkProvider>["localization"]>> = {
  en: enUS,
  zh: zhCN,
};
