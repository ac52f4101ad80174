import { Notice } from "@/components/notice.tsx";
import { SignOutButton } from "@/session/sign-out-button.tsx";

/** For a session that outlives its user. */
export function AccountDeleted() {
  return (
    <Notice title="This account was deleted" actions={<SignOutButton to="/" />}>
      Its data was removed here, too. To get a new account, sign out and sign up again.
    </Notice>
  );
}
