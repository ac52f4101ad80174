import type { NextConfig } from "next";
import { PHASE_PRODUCTION_BUILD } from "next/constants.js";

// The Content-Security-Policy differs per request: src/proxy.ts.
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), browsing-topics=()" },
  { key: "Strict-Transport-Security", value: "max-age=63072000" },
];

const config: NextConfig = {
  // The workspace's packages are TypeScript source.
  transpilePackages: ["@rollcall/api", "@rollcall/app", "@rollcall/auth", "@rollcall/db", "@rollcall/sync"],
  poweredByHeader: false,
  devIndicators: { position: "bottom-right" }, // the other corner has the user's menu
  // What next-intl's plugin sets up, without the plugin, which loads compilers for extracting messages.
  turbopack: { resolveAlias: { "next-intl/config": "./src/i18n/request.ts" } },
  headers: async () => [
    { source: "/(.*)", headers: securityHeaders },
    // The handlers set it themselves; this is for Next's own answers, such as a 405.
    { source: "/api/(.*)", headers: [{ key: "Cache-Control", value: "private, no-store" }] },
  ],
};

// A build loads every route, and with it the code that connects to the database and to Clerk, but it connects to neither.
// These values stand in when the environment is empty, in the build's process only.
const standIns = { POSTGRES_URL: "postgresql://build.invalid/none", CLERK_SECRET_KEY: "sk_test_build" };

export default function configFor(phase: string): NextConfig {
  if (phase === PHASE_PRODUCTION_BUILD) {
    for (const [name, value] of Object.entries(standIns)) process.env[name] ||= value;
  }
  return config;
}
