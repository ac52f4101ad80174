import { visitor } from "@/session/visitor.ts";
import { Shell } from "@/shell/shell.tsx";

/** Around the pages behind a sign-in; each of them decides who may see it. */
export default async function ShellLayout({ children }: LayoutProps<"/">) {
  const known = await visitor();
  return known ? <Shell isAdmin={known.isAdmin}>{children}</Shell> : children;
}
