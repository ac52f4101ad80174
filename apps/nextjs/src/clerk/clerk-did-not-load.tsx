import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert.tsx";

export function ClerkDidNotLoad() {
  return (
    <Alert variant="destructive" role="alert">
      <AlertTitle>Clerk did not load</AlertTitle>
      <AlertDescription>Check your connection, and that nothing blocks Clerk’s scripts, then reload.</AlertDescription>
    </Alert>
  );
}
