import { useTranslations } from "next-intl";
import type { ReactNode } from "react";

/** What a host app writes. */
export function CodeLines() {
  const t = useTranslations("landing");
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone it scrolls sideways, and a keyboard must be able to.
      tabIndex={0}
      className="overflow-x-auto rounded-xl border bg-card p-5 font-mono text-[0.8rem] leading-7 shadow-xs outline-none focus-visible:ring-[3px] focus-visible:ring-ring/50"
    >
      <code>
        <Key>const</Key> rollcall = <Call>createRollcall</Call>({"{"} db, clerk: {"{"} secretKey, webhookSigningSecret{" "}
        {"}"} {"}"});{"\n"}
        <Key>const</Key> auth = <Call>createRollcallAuth</Call>(rollcall, {"{"} publishableKey {"}"});{"\n"}
        <Key>export const</Key> {"{"} webhook, cron {"}"} = <Call>createRollcallHandlers</Call>(rollcall, auth);{"\n"}
        <span className="text-muted-foreground">{`// ${t("codeComment")}`}</span>
        {"\n"}
        <Key>const</Key> user = <Key>await</Key> auth.<Call>requireUser</Call>();
      </code>
    </pre>
  );
}

const Key = ({ children }: { children: ReactNode }) => <span className="text-primary">{children}</span>;
const Call = ({ children }: { children: ReactNode }) => <span className="text-success">{children}</span>;
