"use client";

import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useTranslations } from "next-intl";
import { toast } from "sonner";
import { Button } from "@/components/ui/button.tsx";
import { toCsv } from "@/lib/csv.ts";
import { useTRPCClient } from "@/trpc/client.tsx";
import { useFailureText } from "@/trpc/use-failure-text.ts";

/** Saves a run's missing users as a CSV file. */
export function ExportMissing({ runId }: { runId: string }) {
  const t = useTranslations("runs.confirm");
  const client = useTRPCClient();
  const failureText = useFailureText();
  const save = useMutation({
    async mutationFn() {
      const lines: (string | null)[][] = [["id", "email", "name", "created_at", "synced_at"]];
      let cursor: string | null = null;
      do {
        const part: Awaited<ReturnType<typeof client.sync.exportMissing.query>> = await client.sync.exportMissing.query(
          {
            runId,
            cursor,
          },
        );
        for (const { id, email, name, createdAt, syncedAt } of part.items) {
          lines.push([id, email, name, createdAt?.toISOString() ?? null, syncedAt?.toISOString() ?? null]);
        }
        cursor = part.nextCursor;
      } while (cursor !== null);
      saveAs(`missing-${runId}.csv`, toCsv(lines));
    },
    onError: (error) => toast.error(failureText(error).text),
  });
  return (
    <Button variant="outline" onClick={() => save.mutate()} disabled={save.isPending}>
      <Download aria-hidden="true" />
      {t("csv")}
    </Button>
  );
}

function saveAs(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
