import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { MyAccountPage } from "@/dashboard/account/my-account-page.tsx";
import { DASHBOARD } from "@/dashboard/pages.ts";
import { requireVisitor } from "@/session/visitor.ts";

export const generateMetadata = async (): Promise<Metadata> => ({ title: (await getTranslations("nav"))("account") });

export default async function AccountPage() {
  await requireVisitor(`${DASHBOARD}/account`);
  return <MyAccountPage />;
}
