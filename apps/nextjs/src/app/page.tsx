import { auth } from "@clerk/nextjs/server";
import { ArrowRight, MousePointerClick, RefreshCw, UserRoundCheck, Webhook } from "lucide-react";
import Image from "next/image";
import Link from "next/link";
import { getTranslations } from "next-intl/server";
import { SiteHeader } from "@/components/site-header.tsx";
import { Button } from "@/components/ui/button.tsx";
import { CodeLines } from "@/landing/code-lines.tsx";
import dashboardInDark from "@/landing/dashboard-dark.webp";
import dashboardInLight from "@/landing/dashboard-light.webp";
import { AccountMenu } from "@/session/account-menu.tsx";

const ways = [
  { icon: UserRoundCheck, name: "wayCall" },
  { icon: Webhook, name: "wayWebhook" },
  { icon: RefreshCw, name: "wayRun" },
  { icon: MousePointerClick, name: "wayHand" },
] as const;

export default async function Home() {
  const [{ userId }, t] = await Promise.all([auth(), getTranslations()]);
  const picture = "w-full rounded-xl border shadow-lg";
  return (
    <>
      <SiteHeader>
        {userId ? (
          <AccountMenu />
        ) : (
          <Button asChild variant="ghost">
            <Link href="/sign-in">{t("session.signIn")}</Link>
          </Button>
        )}
      </SiteHeader>
      <main>
        <div className="mx-auto max-w-6xl px-4 pt-14 sm:px-6 sm:pt-20">
          <h1 className="max-w-3xl text-4xl font-semibold tracking-tight text-balance sm:text-5xl">
            {t("landing.title")}
          </h1>
          <p className="mt-5 max-w-2xl text-lg text-pretty text-muted-foreground">{t("landing.text")}</p>
          <div className="mt-8 flex flex-wrap gap-3">
            {userId ? (
              <Button asChild size="lg">
                <Link href="/dashboard">
                  {t("landing.dashboard")} <ArrowRight aria-hidden="true" />
                </Link>
              </Button>
            ) : (
              <>
                <Button asChild size="lg">
                  <Link href="/sign-up">{t("session.signUp")}</Link>
                </Button>
                <Button asChild size="lg" variant="outline">
                  <Link href="/sign-in">{t("session.signIn")}</Link>
                </Button>
              </>
            )}
          </div>
          <div className="mt-14">
            <Image src={dashboardInLight} alt={t("landing.picture")} preload className={`${picture} dark:hidden`} />
            <Image src={dashboardInDark} alt={t("landing.picture")} className={`${picture} hidden dark:block`} />
          </div>
        </div>
        <section className="mx-auto grid grid-cols-1 max-w-6xl gap-x-12 gap-y-6 px-4 pt-20 sm:px-6 lg:grid-cols-[1fr_2.1fr] lg:items-center">
          <div>
            <h2 className="text-2xl font-semibold tracking-tight">{t("landing.codeTitle")}</h2>
            <p className="mt-3 text-pretty text-muted-foreground">{t("landing.codeText")}</p>
          </div>
          <CodeLines />
        </section>
        <section className="mx-auto max-w-6xl px-4 py-20 sm:px-6">
          <h2 className="text-2xl font-semibold tracking-tight">{t("landing.how")}</h2>
          <ul className="mt-6 grid grid-cols-1 gap-px overflow-hidden rounded-xl border bg-border sm:grid-cols-2 lg:grid-cols-4">
            {ways.map(({ icon: Icon, name }) => (
              <li key={name} className="bg-card p-5">
                <Icon className="size-5 text-primary" aria-hidden="true" />
                <h3 className="mt-4 font-medium">{t(`landing.${name}`)}</h3>
                <p className="mt-1.5 text-sm text-pretty text-muted-foreground">{t(`landing.${name}Text`)}</p>
              </li>
            ))}
          </ul>
        </section>
      </main>
    </>
  );
}
