import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn.ts";

/** A fixed column from the width of a tablet; on a phone, put its content into a sheet. */
function Sidebar({ className, children, ...props }: ComponentProps<"aside">) {
  return (
    <aside
      data-slot="sidebar"
      className={cn("hidden w-60 shrink-0 border-r bg-sidebar md:block", className)}
      {...props}
    >
      <div className="sticky top-0 flex h-dvh flex-col">{children}</div>
    </aside>
  );
}

function SidebarHeader({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("flex h-14 shrink-0 items-center px-4", className)} {...props} />;
}

function SidebarContent({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("flex min-h-0 flex-1 flex-col gap-4 overflow-y-auto px-2 py-2", className)} {...props} />;
}

function SidebarFooter({ className, ...props }: ComponentProps<"div">) {
  return <div className={cn("flex shrink-0 items-center gap-2 border-t p-3", className)} {...props} />;
}

function SidebarMenu({ className, ...props }: ComponentProps<"ul">) {
  return <ul className={cn("flex flex-col gap-0.5", className)} {...props} />;
}

function SidebarMenuButton({
  className,
  isActive = false,
  ...props
}: ComponentProps<typeof Slot.Root> & { isActive?: boolean }) {
  return (
    <Slot.Root
      data-slot="sidebar-menu-button"
      data-active={isActive}
      className={cn(
        "flex h-9 w-full items-center gap-2.5 rounded-md px-2.5 text-sm text-muted-foreground outline-none hover:bg-accent hover:text-accent-foreground focus-visible:ring-[3px] focus-visible:ring-ring/50 data-[active=true]:bg-accent data-[active=true]:font-medium data-[active=true]:text-accent-foreground [&>svg]:size-4 [&>svg]:shrink-0",
        className,
      )}
      {...props}
    />
  );
}

export { Sidebar, SidebarContent, SidebarFooter, SidebarHeader, SidebarMenu, SidebarMenuButton };
