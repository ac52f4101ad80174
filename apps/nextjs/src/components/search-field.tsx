import { Search } from "lucide-react";
import type { ComponentProps } from "react";
import { Input } from "@/components/ui/input.tsx";

/** `label` is also its placeholder. */
export function SearchField({ label, ...props }: { label: string } & ComponentProps<typeof Input>) {
  return (
    <div className="relative w-full max-w-sm">
      <Search
        className="pointer-events-none absolute top-2.5 left-2.5 size-4 text-muted-foreground"
        aria-hidden="true"
      />
      <Input type="search" className="pl-8" aria-label={label} placeholder={label} {...props} />
    </div>
  );
}
