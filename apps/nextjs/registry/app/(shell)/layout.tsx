import type { ReactNode } from "react";
import { visitor } from "@/session/visitor.ts";
import { SidebarNav } from "@/shell/sidebar-nav.tsx";
import { RollcallProvider } from "../../rollcall-provider.tsx";

/** Around the dashboard's pages; each of them decides who may see it. */
export default async function RollcallLayout({ children }: { children: ReactNode }) {
  const known = await visitor();
  return (
    <RollcallProvider>
      <div className="mx-auto grid w-full max-w-7xl grid-cols-1 gap-6 bg-background px-4 py-6 sm:px-6 lg:grid-cols-[13rem_1fr] lg:gap-8 lg:py-8">
        {known && <SidebarNav isAdmin={known.isAdmin} />}
        <div className="min-w-0">{children}</div>
      </div>
    </RollcallProvider>
  );
}
