import { redirect } from "next/navigation";
import { AccountDeleted } from "@/session/account-deleted.tsx";
import { visitor } from "@/session/visitor.ts";

/** For a session that outlives its user. */
export default async function AccountDeletedPage() {
  if ((await visitor())?.freshness.state !== "deleted") redirect("/dashboard");
  return <AccountDeleted />;
}
