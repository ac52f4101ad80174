import type { ReactNode } from "react";
import { SiteHeader } from "@/components/site-header.tsx";
import { Card, CardContent, CardDescription, CardHeader } from "@/components/ui/card.tsx";

/** A page with one message and what to do about it. */
export function Notice({ title, children, actions }: { title: string; children: ReactNode; actions?: ReactNode }) {
  return (
    <>
      <SiteHeader />
      <main className="mx-auto max-w-lg px-4 py-16 sm:px-6">
        <Card>
          <CardHeader>
            <h1 className="text-lg leading-tight font-semibold">{title}</h1>
            <CardDescription>{children}</CardDescription>
          </CardHeader>
          {actions && <CardContent className="flex flex-wrap gap-3">{actions}</CardContent>}
        </Card>
      </main>
    </>
  );
}
