"use client";

// From a client component: next-intl's provider for server components reads the app's configuration.
export { NextIntlClientProvider as TextProvider } from "next-intl";
