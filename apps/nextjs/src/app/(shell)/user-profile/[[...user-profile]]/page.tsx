import type { Metadata } from "next";
import { getTranslations } from "next-intl/server";
import { Account } from "@/session/account.tsx";
import { requireVisitor } from "@/session/visitor.ts";

export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await getTranslations("session"))("profile"),
});

export default async function UserProfilePage() {
  await requireVisitor("/user-profile");
  return (
    <div className="flex justify-center">
      <Account />
    </div>
  );
}
