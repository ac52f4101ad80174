import { useTranslations } from "next-intl";
import { CopyButton } from "@/components/copy-button.tsx";
import type { Effect } from "./effects-page.ts";

/** The end of the key, with the whole of it to copy: its first parts are the type and the user, which stand beside it. */
export function EffectKey({ effect: { key } }: { effect: Effect }) {
  return (
    <span className="flex items-center gap-1">
      <code className="text-xs text-muted-foreground" title={key}>
        …{key.slice(key.lastIndexOf(":"))}
      </code>
      <CopyButton text={key} />
    </span>
  );
}

/** Why the last attempt failed. */
export function LastError({ effect: { lastError } }: { effect: Effect }) {
  const t = useTranslations("effects");
  if (lastError === null) return <span className="text-muted-foreground">{t("noError")}</span>;
  return (
    <span className="line-clamp-3 min-w-48 text-xs break-words" title={lastError}>
      {lastError}
    </span>
  );
}
