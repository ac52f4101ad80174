import { CircleAlert } from "lucide-react";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";
import { Button } from "@/components/ui/button.tsx";
import { toFailure } from "@/trpc/failure.ts";

export function FailureAlert({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { code, message } = toFailure(error);
  return (
    <Alert variant="destructive" role="alert">
      <CircleAlert aria-hidden="true" />
      <AlertTitle>That did not work</AlertTitle>
      <AlertDescription>
        <p>{message}</p>
        <p className="font-mono text-xs">{code}</p>
        {onRetry && (
          <Button variant="outline" className="mt-2 text-foreground" onClick={onRetry}>
            Try again
          </Button>
        )}
      </AlertDescription>
    </Alert>
  );
}
