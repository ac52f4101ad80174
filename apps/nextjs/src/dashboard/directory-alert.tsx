import type { RouterOutputs } from "@rollcall/api";
import { CircleAlert } from "lucide-react";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";

type DirectoryError = NonNullable<RouterOutputs["sync"]["status"]["directoryError"]>;

/** Shown in place of an admin's numbers and runs. */
export function DirectoryAlert({ error, onRetry }: { error: DirectoryError; onRetry: () => void }) {
  return (
    <Alert variant="destructive" role="alert">
      <CircleAlert aria-hidden="true" />
      <AlertTitle>The directory cannot be shown</AlertTitle>
      <AlertDescription>
        <p>
          {error.message} {error.hint}
        </p>
        <p className="font-mono text-xs">{error.code}</p>
        <Button variant="outline" className="mt-2 text-foreground" onClick={onRetry}>
          Try again
        </Button>
      </AlertDescription>
    </Alert>
  );
}
