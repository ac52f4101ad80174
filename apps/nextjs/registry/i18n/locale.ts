import type { Locale } from "@/preferences/preferences.ts";

/** The dashboard's language: "en" or "zh". */
export const locale: Locale = "en";
