import { SignOutButton } from "@clerk/nextjs";
import { Notice } from "@/components/notice.tsx";
import { Button } from "@/components/ui/button.tsx";

/** For a session that outlives its user. */
export function AccountDeleted() {
  return (
    <Notice
      title="This account was deleted"
      actions={
        <SignOutButton>
          <Button>Sign out</Button>
        </SignOutButton>
      }
    >
      Its data was removed here, too. Sign out, then sign up again to get a new account.
    </Notice>
  );
}
