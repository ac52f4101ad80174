import type { ReactNode } from "react";

/** A term and its value, inside a `dl`. */
export function Fact({ term, note, children }: { term: string; note?: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted-foreground">{term}</dt>
      <dd className="mt-1">
        {children}
        {note !== undefined && <span className="block text-xs text-muted-foreground">{note}</span>}
      </dd>
    </div>
  );
}
