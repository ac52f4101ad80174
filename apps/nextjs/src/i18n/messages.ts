import { errorCatalog, type SyncErrorCode } from "@rollcall/sync";
import en from "@/messages/en.json";
import zh from "@/messages/zh.json";
import type { Locale } from "@/preferences/preferences.ts";

/** What happened, and what to do about it. */
export interface ErrorText {
  message: string;
  hint: string;
}

export type Messages = typeof en & { errors: Record<SyncErrorCode, ErrorText> };

// The engine's own catalog is the English text.
const messages: Record<Locale, Messages> = { en: { ...en, errors: errorCatalog }, zh };

export const messagesIn = (locale: Locale): Messages => messages[locale];
