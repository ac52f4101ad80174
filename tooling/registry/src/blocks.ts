/** What a host can add: the files that it begins with, as the dashboard's own imports name them after `@/`. */
export interface Block {
  name: string;
  title: string;
  description: string;
  entries: string[];
}

// What no file imports: Next finds the route, the app imports the colours, TypeScript reads the declarations.
const shared = ["app/api/trpc/[trpc]/route.ts", "rollcall-provider.tsx", "rollcall.css", "i18n/app-config.d.ts"];

export const blocks: Block[] = [
  {
    name: "dashboard",
    title: "Rollcall dashboard",
    description:
      "Overview, runs, events, users, effects, check and account, as pages below /rollcall. Admins see all of them, others their account.",
    entries: [
      ...shared,
      "app/(shell)/layout.tsx",
      "app/(shell)/dashboard/page.tsx",
      "app/(shell)/dashboard/account/page.tsx",
      "app/(shell)/dashboard/check/page.tsx",
      "app/(shell)/dashboard/effects/page.tsx",
      "app/(shell)/dashboard/events/page.tsx",
      "app/(shell)/dashboard/runs/page.tsx",
      "app/(shell)/dashboard/runs/[runId]/page.tsx",
      "app/(shell)/dashboard/users/page.tsx",
      "app/(shell)/dashboard/users/[id]/page.tsx",
    ],
  },
  {
    name: "account",
    title: "Rollcall account",
    description: "What is stored about the signed-in user, how fresh it is, and a button that syncs it.",
    entries: [...shared, "trpc/server.tsx", "dashboard/account/my-account.tsx"],
  },
];
