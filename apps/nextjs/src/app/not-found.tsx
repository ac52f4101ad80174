import Link from "next/link";
import { Notice } from "@/components/notice.tsx";
import { Button } from "@/components/ui/button.tsx";

export default function NotFound() {
  return (
    <Notice
      title="Page not found"
      actions={
        <Button asChild>
          <Link href="/">Go to the home page</Link>
        </Button>
      }
    >
      Check the address, or go back to the previous page.
    </Notice>
  );
}
