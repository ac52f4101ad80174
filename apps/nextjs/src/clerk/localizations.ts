import { zhCN } from "@clerk/localizations/zh-CN";
import type { ClerkProvider } from "@clerk/nextjs";
import type { ComponentProps } from "react";
import type { Locale } from "@/preferences/preferences.ts";

/** The texts of Clerk's components; English is what they have built in. */
export const localizations: Record<Locale, ComponentProps<typeof ClerkProvider>["localization"]> = {
  en: undefined,
  zh: zhCN,
};
