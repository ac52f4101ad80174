import "./globals.css";
import { ClerkProvider } from "@clerk/nextjs";
import { GeistMono } from "geist/font/mono";
import { GeistSans } from "geist/font/sans";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import { NextIntlClientProvider } from "next-intl";
import { getLocale, getTranslations } from "next-intl/server";
import type { ReactNode } from "react";
import { appearance } from "@/clerk/appearance.ts";
import { localizations } from "@/clerk/localizations.ts";
import { Toaster } from "@/components/ui/sonner.tsx";
import { readTheme } from "@/preferences/preferences.ts";
import { TimeZone } from "@/preferences/time-zone.tsx";
import { TRPCReactProvider } from "@/trpc/client.tsx";

// Each page depends on the signed-in user, and a build has no keys.
export const dynamic = "force-dynamic";

export async function generateMetadata(): Promise<Metadata> {
  const t = await getTranslations("page");
  return { title: { default: "Rollcall", template: "%s · Rollcall" }, description: t("description") };
}

export const viewport: Viewport = { colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const [locale, stored, t] = await Promise.all([getLocale(), cookies(), getTranslations("page")]);
  const theme = readTheme((name) => stored.get(name)?.value);
  return (
    // The browser changes the theme on this element, without asking the server.
    <html lang={locale} data-theme={theme} className={`${GeistSans.variable} ${GeistMono.variable}`}>
      <body className="min-h-dvh font-sans antialiased">
        <NextIntlClientProvider>
          <ClerkProvider
            dynamic
            appearance={appearance}
            localization={localizations[locale]}
            signInUrl="/sign-in"
            signUpUrl="/sign-up"
            signInFallbackRedirectUrl="/dashboard"
            signUpForceRedirectUrl="/after-sign-up"
            afterSignOutUrl="/"
          >
            <TRPCReactProvider>{children}</TRPCReactProvider>
          </ClerkProvider>
          <TimeZone />
          <Toaster containerAriaLabel={t("toasts")} />
        </NextIntlClientProvider>
      </body>
    </html>
  );
}
