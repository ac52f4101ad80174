import type { ComponentProps } from "react";
import { cn } from "@/lib/cn.ts";

function Empty({ className, ...props }: ComponentProps<"div">) {
  return (
    <div
      data-slot="empty"
      className={cn(
        "flex flex-col items-center justify-center gap-1.5 px-6 py-12 text-center text-balance [&>svg]:mb-2 [&>svg]:size-8 [&>svg]:text-muted-foreground",
        className,
      )}
      {...props}
    />
  );
}

function EmptyTitle({ className, ...props }: ComponentProps<"p">) {
  return <p className={cn("font-medium", className)} {...props} />;
}

function EmptyDescription({ className, ...props }: ComponentProps<"p">) {
  return <p className={cn("max-w-md text-sm text-muted-foreground", className)} {...props} />;
}

export { Empty, EmptyDescription, EmptyTitle };
