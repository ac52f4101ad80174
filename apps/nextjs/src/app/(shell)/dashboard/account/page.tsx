import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { MyAccountPage } from "@/dashboard/account/my-account-page.tsx";
import { requireVisitor } from "@/session/visitor.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslations("nav"))("account") });

export default async function AccountPage() {
  await requireVisitor("/dashboard/account");
  return <MyAccountPage />;
}
