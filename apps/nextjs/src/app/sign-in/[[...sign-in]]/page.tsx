import { SignIn } from "@clerk/nextjs";
import { getCaller } from "@rollcall/auth";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { getTranslations } from "next-intl/server";
import { RETURN_PARAMETER, withReturn } from "@/session/return-path.ts";
import { SignInFrame } from "@/session/sign-in-frame.tsx";
import { returnPathOf } from "@/session/visitor.ts";

export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await getTranslations("session"))("signIn"),
});

export default async function SignInPage({ searchParams }: PageProps<"/sign-in/[[...sign-in]]">) {
  const path = await returnPathOf((await searchParams)[RETURN_PARAMETER]);
  if (await getCaller()) redirect(path);
  return (
    <SignInFrame>
      <SignIn
        forceRedirectUrl={path}
        signUpUrl={withReturn("/sign-up", path)}
        signUpForceRedirectUrl={withReturn("/after-sign-up", path)}
      />
    </SignInFrame>
  );
}
