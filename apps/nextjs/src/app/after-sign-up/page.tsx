import { errorCatalog } from "@rollcall/sync";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { Notice } from "@/components/notice.tsx";
import { Button } from "@/components/ui/button.tsx";
import { AccountDeleted } from "@/session/account-deleted.tsx";
import { RETURN_PARAMETER, withReturn } from "@/session/return-path.ts";
import { requireVisitor, returnPathOf } from "@/session/visitor.ts";

export const metadata: Metadata = { title: "Welcome" };

/** Creates the new user's row, then redirects, so that no later page meets a user without one. */
export default async function AfterSignUpPage({ searchParams }: PageProps<"/after-sign-up">) {
  const path = await returnPathOf((await searchParams)[RETURN_PARAMETER]);
  const here = withReturn("/after-sign-up", path);
  const visitor = await requireVisitor(here);
  if (visitor.state === "deleted") return <AccountDeleted />;
  if (visitor.state !== "unpersisted") redirect(path);

  const { message, hint } = errorCatalog[visitor.errorCode];
  return (
    <Notice
      title="Your account exists, but we could not save it here yet"
      actions={
        <>
          <Button asChild>
            <a href={here}>Try again</a>
          </Button>
          <Button asChild variant="outline">
            <a href={path}>Continue anyway</a>
          </Button>
        </>
      }
    >
      {message} {hint}
    </Notice>
  );
}
