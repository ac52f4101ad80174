import type { SyncErrorCode } from "@rollcall/sync";
import { useMessages, useTranslations } from "next-intl";
import type { ErrorText } from "@/i18n/messages.ts";
import { toFailure } from "./failure.ts";

/** The engine's errors in the visitor's language. */
export const useErrorTexts = (): Record<SyncErrorCode, ErrorText> => useMessages().errors;

/** @returns a function that explains a failed call, in one or two sentences, with its code */
export function useFailureText(): (error: unknown) => { code: string; text: string } {
  const texts = useErrorTexts();
  const t = useTranslations("common");
  const isSyncErrorCode = (code: string): code is SyncErrorCode => Object.hasOwn(texts, code);
  return (error) => {
    const { code, message } = toFailure(error);
    if (code === "OFFLINE") return { code, text: t("offline") };
    if (!isSyncErrorCode(code)) return { code, text: message };
    return { code, text: `${texts[code].message} ${texts[code].hint}` };
  };
}
