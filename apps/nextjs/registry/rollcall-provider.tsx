import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Toaster } from "@/components/ui/sonner.tsx";
import { formats } from "@/i18n/formats.ts";
import { messagesIn } from "@/i18n/messages.ts";
import { readTimeZone } from "@/preferences/preferences.ts";
import { TimeZone } from "@/preferences/time-zone.tsx";
import { TRPCReactProvider } from "@/trpc/client.tsx";
import { locale } from "./i18n/locale.ts";
import { TextProvider } from "./text-provider.tsx";

/** Around Rollcall's components: their texts, and their calls to the server. */
export async function RollcallProvider({ children }: { children: ReactNode }) {
  const stored = await cookies();
  const messages = messagesIn(locale);
  const timeZone = readTimeZone((name) => stored.get(name)?.value);
  return (
    <TextProvider locale={locale} messages={messages} formats={formats} timeZone={timeZone} now={new Date()}>
      <TRPCReactProvider>
        <div className="rollcall text-foreground">{children}</div>
      </TRPCReactProvider>
      <TimeZone />
      <Toaster containerAriaLabel={messages.page.toasts} />
    </TextProvider>
  );
}
