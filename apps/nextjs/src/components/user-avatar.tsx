import { Avatar, AvatarFallback, AvatarImage } from "@/components/ui/avatar.tsx";
import { cn } from "@/lib/cn.ts";

interface Props {
  user: { name: string | null; email: string | null; image: string | null };
  className?: string;
}

export function UserAvatar({ user: { name, email, image }, className }: Props) {
  const initial = [...(name ?? email ?? "?")][0]?.toUpperCase() ?? "?";
  return (
    <Avatar className={cn("size-8", className)}>
      {image && <AvatarImage src={image} alt="" />}
      <AvatarFallback className="font-medium text-muted-foreground" aria-hidden="true">
        {initial}
      </AvatarFallback>
    </Avatar>
  );
}
