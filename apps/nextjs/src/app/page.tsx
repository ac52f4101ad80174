import { auth } from "@clerk/nextjs/server";
import { ArrowRight, RefreshCw, ShieldCheck, Users } from "lucide-react";
import Link from "next/link";
import { SiteHeader } from "@/components/site-header.tsx";
import { Button } from "@/components/ui/button.tsx";
import { AccountMenu } from "@/session/account-menu.tsx";

const promises = [
  {
    icon: Users,
    title: "Complete",
    text: "Every Clerk user has a row in your database, even if no webhook ever reported them.",
  },
  {
    icon: RefreshCw,
    title: "Current",
    text: "Webhooks, signed-in calls and full runs share one write path. The newest version wins, in any order.",
  },
  {
    icon: ShieldCheck,
    title: "Yours",
    text: "Your tables, your columns, plain SQL. When Clerk is down, your users stay signed in.",
  },
];

export default async function Home() {
  const { userId } = await auth();
  return (
    <>
      <SiteHeader>
        {userId ? (
          <AccountMenu />
        ) : (
          <Button asChild variant="ghost">
            <Link href="/sign-in">Sign in</Link>
          </Button>
        )}
      </SiteHeader>
      <main className="mx-auto max-w-6xl px-4 py-16 sm:px-6 sm:py-24">
        <h1 className="max-w-2xl text-4xl font-semibold tracking-tight text-balance sm:text-5xl">
          Your Clerk users, in your own Postgres.
        </h1>
        <p className="mt-5 max-w-xl text-lg text-pretty text-muted-foreground">
          Rollcall keeps your team’s database in sync with Clerk: every user, every change, every deletion.
        </p>
        <div className="mt-8 flex flex-wrap gap-3">
          {userId ? (
            <Button asChild size="lg">
              <Link href="/dashboard">
                Go to the dashboard <ArrowRight aria-hidden="true" />
              </Link>
            </Button>
          ) : (
            <>
              <Button asChild size="lg">
                <Link href="/sign-in">Sign in</Link>
              </Button>
              <Button asChild size="lg" variant="outline">
                <Link href="/sign-up">Create an account</Link>
              </Button>
            </>
          )}
        </div>
        <ul className="mt-16 grid gap-8 border-t pt-10 sm:mt-24 sm:grid-cols-3">
          {promises.map(({ icon: Icon, title, text }) => (
            <li key={title}>
              <Icon className="size-5 text-primary" aria-hidden="true" />
              <h2 className="mt-3 font-medium">{title}</h2>
              <p className="mt-1 text-sm text-pretty text-muted-foreground">{text}</p>
            </li>
          ))}
        </ul>
      </main>
    </>
  );
}
