import Link from "next/link";
import { Notice } from "@/components/notice.tsx";
import { Button } from "@/components/ui/button.tsx";

export default function NotFound() {
  return (
    <Notice
      title="There is no such page"
      actions={
        <Button asChild>
          <Link href="/">Go to the start</Link>
        </Button>
      }
    >
      Check the address, or go back to where you came from.
    </Notice>
  );
}
