"use client";

import { useTranslations } from "next-intl";
import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";

export interface CursorPages {
  /** Of the page on display; undefined on the first one. */
  cursor: string | undefined;
  next: (cursor: string) => void;
  previous: () => void;
  reset: () => void;
}

/** The pages of a list that knows only its next one: those before are remembered. */
export function useCursorPages(): CursorPages {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  return {
    cursor: cursors.at(-1),
    next: (cursor) => setCursors([...cursors, cursor]),
    previous: () => setCursors(cursors.slice(0, -1)),
    reset: () => setCursors([]),
  };
}

/** Nothing for a list with one page. */
export function CursorNav({ pages, nextCursor }: { pages: CursorPages; nextCursor: string | null | undefined }) {
  const t = useTranslations("common");
  if (pages.cursor === undefined && !nextCursor) return null;
  return (
    <nav aria-label={t("pages")} className="flex justify-end gap-2">
      <Button variant="outline" size="sm" disabled={pages.cursor === undefined} onClick={pages.previous}>
        {t("previous")}
      </Button>
      <Button variant="outline" size="sm" disabled={!nextCursor} onClick={() => nextCursor && pages.next(nextCursor)}>
        {t("next")}
      </Button>
    </nav>
  );
}
