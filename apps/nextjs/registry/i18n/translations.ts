import { createTranslator, type Messages, type NamespaceKeys, type NestedKeyOf } from "next-intl";
import { messagesIn } from "@/i18n/messages.ts";
import { locale } from "./locale.ts";

/** As next-intl's function of this name, which would read the app's configuration. */
export const getTranslations = async <Namespace extends NamespaceKeys<Messages, NestedKeyOf<Messages>> = never>(
  namespace?: Namespace,
) => createTranslator<Messages, Namespace>({ locale, messages: messagesIn(locale), ...(namespace && { namespace }) });
