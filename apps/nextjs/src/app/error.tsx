"use client";

import { Notice } from "@/components/notice.tsx";
import { Button } from "@/components/ui/button.tsx";

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <Notice title="Something went wrong" actions={<Button onClick={reset}>Try again</Button>}>
      The server’s log has the details{error.digest ? `, under ${error.digest}` : ""}.
    </Notice>
  );
}
