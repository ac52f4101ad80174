import { CircleAlert } from "lucide-react";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import type { ErrorCatalog } from "../error-catalog.ts";
import { type Run, windowName } from "./run-labels.ts";

/** Why a run failed, in which window, and what to do. Nothing for a run that did not fail. */
export function RunFailure({ run, errorCatalog }: { run: Run; errorCatalog: ErrorCatalog }) {
  const { failure, windows } = run;
  if (!failure) return null;
  const window = windows.find(({ number }) => number === failure.window);
  const { message, hint } = failure.code
    ? errorCatalog[failure.code]
    : { message: "Its workers ended without an error message.", hint: "The server’s log may say why." };
  return (
    <Alert variant="destructive" data-testid="run-failure">
      <CircleAlert aria-hidden="true" />
      <AlertTitle>{message}</AlertTitle>
      <AlertDescription>
        <p>{hint} Synced rows stay. Start it again within a day and it resumes.</p>
        <p className="text-xs">
          {window && `In the window “${windowName(window, run)}”`}
          {failure.code && <span className="ml-2 font-mono">{failure.code}</span>}
        </p>
      </AlertDescription>
    </Alert>
  );
}
