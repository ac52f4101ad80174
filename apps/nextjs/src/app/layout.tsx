import "./globals.css";
import { ClerkProvider } from "@clerk/nextjs";
import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import { appearance } from "@/clerk/appearance.ts";
import { TRPCReactProvider } from "@/trpc/client.tsx";

// Each page depends on the signed-in user, and a build has no keys.
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "Rollcall", template: "%s · Rollcall" },
  description: "Keeps your Postgres in sync with your Clerk users.",
};

export const viewport: Viewport = { colorScheme: "light dark" };

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body className="min-h-dvh font-sans antialiased">
        <ClerkProvider
          dynamic
          appearance={appearance}
          signInUrl="/sign-in"
          signUpUrl="/sign-up"
          signInFallbackRedirectUrl="/dashboard"
          signUpForceRedirectUrl="/after-sign-up"
          afterSignOutUrl="/"
        >
          <TRPCReactProvider>{children}</TRPCReactProvider>
        </ClerkProvider>
      </body>
    </html>
  );
}
