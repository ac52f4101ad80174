import type { NextConfig } from "next";

// The Content-Security-Policy is made for each request: src/proxy.ts.
const securityHeaders = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), browsing-topics=()" },
  { key: "Strict-Transport-Security", value: "max-age=63072000; includeSubDomains" },
];

const config: NextConfig = {
  // The workspace's packages are TypeScript source.
  transpilePackages: ["@rollcall/api", "@rollcall/auth", "@rollcall/db", "@rollcall/sync"],
  poweredByHeader: false,
  headers: async () => [
    { source: "/(.*)", headers: securityHeaders },
    // The handlers say so themselves; this is for the answers that are Next's own, such as a 405.
    { source: "/api/(.*)", headers: [{ key: "Cache-Control", value: "private, no-store" }] },
  ],
};

export default config;
